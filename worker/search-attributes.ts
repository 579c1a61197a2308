import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../contracts/temporal.ts';

/** temporal.api.enums.v1.IndexedValueType */
const TYPE = { KEYWORD: 2, DOUBLE: 4 } as const;

/**
 * Registers our search attributes; adding them again changes nothing. Answers whether all are there with our types:
 * an attribute of another type is left as it is by the server, silently, so the list is read back.
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<{ readonly ready: boolean; readonly commands: readonly string[] }> {
  const wanted = Object.entries(SEARCH_ATTRIBUTES);
  const searchAttributes = Object.fromEntries(wanted.map(([name, type]) => [name, TYPE[type]]));
  const commands = wanted.map(
    ([name, type]) =>
      `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type === 'KEYWORD' ? 'Keyword' : 'Double'}`,
  );
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    const listed = await connection.operatorService.listSearchAttributes({ namespace });
    const ready = wanted.every(
      ([name, type]) => Number(listed.customAttributes?.[name]) === TYPE[type],
    );
    return { ready, commands };
  } catch {
    return { ready: false, commands };
  }
}
