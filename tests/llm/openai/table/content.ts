import { J, says, verdict } from '../impolite.ts';
import type { Case } from './case.ts';

/** What a verdict comes wrapped in. */
export const content: Readonly<Record<string, Case>> = {
  'raw-newline': {
    does: () => says('{"rationale": "line one\nline two", "value": true}'),
    right: true,
    requests: 1,
  },
  'raw-tab': {
    does: () => says('{"rationale": "col\tcol", "value": true}'),
    right: true,
    requests: 1,
  },
  'loose quotes': {
    does: () => says('{"rationale": "he said "yes" to it", "value": true}'),
    right: true,
    requests: 1,
  },
  'fence-in-string': {
    does: () =>
      says(`\`\`\`json\n${verdict(true, 'code:\n```js\nx={a:1}\n```\nis right')}\n\`\`\``),
    right: true,
    requests: 1,
  },
  bom: { does: () => says(`\ufeff${verdict()}`), right: true, requests: 1 },
  'content-null': { does: () => says(null), right: /empty/, kind: 'unparseable', requests: 2 },
  'content that is parsed already': {
    does: () => says({ rationale: 'x', value: false }),
    right: false,
    requests: 1,
  },
  'JSON inside of JSON': { does: () => says(J(verdict(false))), right: false, requests: 1 },
  'a tool of the gateway in the place of a schema': {
    does: () =>
      says(null, {
        choice: { finish_reason: 'tool_calls' },
        message: {
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'json', arguments: verdict(false) } },
          ],
        },
      }),
    right: false,
    requests: 1,
  },
};
