import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const FOLDER = fileURLToPath(new URL('histories', import.meta.url));

const history = z.looseObject({
  events: z.array(z.looseObject({})).min(1),
});
const started = z.looseObject({
  workflowExecutionStartedEventAttributes: z.looseObject({ workflowId: z.string() }),
});

export type RecordedHistory = {
  /** `<workflow type>-<name>` */
  readonly name: string;
  readonly workflowId: string;
  readonly json: z.infer<typeof history>;
};

/** The recorded histories, by file. */
export function recordedHistories(): readonly RecordedHistory[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const json = history.parse(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
      const { workflowId } = started.parse(json.events[0]).workflowExecutionStartedEventAttributes;
      return { name: basename(file, '.json'), workflowId, json };
    });
}
