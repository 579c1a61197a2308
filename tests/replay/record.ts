/**
 * Records histories of every workflow type from one cycle of the crash fixture, for tests/replay: `node tests/replay/record.ts`. Before
 * the first release in place of a history whose workflow took another shape; from then on beside the old ones, with `patched`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { alignmentIdOf, startAlignment } from '../../client/judge/start.ts';
import { searchIdOf, startSearch } from '../../client/optimize/start.ts';
import { runCycle } from '../e2e/cycle.ts';
import { historiesOf } from '../e2e/histories.ts';
import { crashSpec } from '../e2e/spec.ts';
import { startTestStack } from '../e2e/stack.ts';
import { asJson } from './as-json.ts';
import { FOLDER } from './histories.ts';

const { values } = parseArgs({ options: { name: { type: 'string', default: '1' } } });
const SALT = 'crash-2';

const stack = await startTestStack();
try {
  const spec = crashSpec(dirname(stack.dataDir));
  const { cli, name } = await runCycle({ stack, spec, salt: SALT });
  const client = await cli.connections.temporal();
  const search = await startSearch(cli, {
    ...spec,
    spec: { ...spec.spec, cycle: 'search-fixture' },
  });
  await client.workflow.getHandle(searchIdOf(search)).result();
  const alignment = await startAlignment(cli, 'routing', {});
  await client.workflow.getHandle(alignmentIdOf(alignment)).result();
  const histories = [
    ...(await historiesOf(client, workflowIdOf(name))),
    ...(await historiesOf(client, searchIdOf(search))),
    ...(await historiesOf(client, alignmentIdOf(alignment))),
  ];
  mkdirSync(FOLDER, { recursive: true });
  for (const [type, of] of Map.groupBy(histories, (history) => history.type)) {
    const longest = of.toSorted((a, b) => b.history.events!.length - a.history.events!.length)[0]!;
    const file = join(FOLDER, `${type}-${values.name}.json`);
    writeFileSync(file, `${await asJson(stack, longest)}\n`);
    console.log(`${file}: ${longest.history.events!.length} events of ${longest.workflowId}`);
  }
} finally {
  await stack.close();
}
