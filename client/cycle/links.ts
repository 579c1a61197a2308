import { dataDirOf, readStack } from '../../stack/index.ts';
import type { Environment } from '../environment.ts';

/** Where a person follows a workflow, if the UI's address is known. Ids hold slashes, which the UI wants encoded. */
export function uiLink(env: Environment, workflowId: string): string | null {
  const temporal = readStack(dataDirOf(env.all))?.temporal;
  if (temporal?.ui === undefined) return null;
  const id = encodeURIComponent(workflowId);
  return `${temporal.ui.replace(/\/$/, '')}/namespaces/${temporal.namespace}/workflows/${id}`;
}
