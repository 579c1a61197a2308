// Replays golden traces of gepa 0.1.4 through the engine in reference mode: npm run golden -- FILE...
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { firstDifference } from './golden/compare.ts';
import { readGolden } from './golden/format.ts';
import { replay } from './golden/replay.ts';

// npm works in the package's folder; paths are meant from where it was called.
const called = process.env['INIT_CWD'] ?? '.';
const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run golden -- FILE...  (golden traces of gepa 0.1.4, as JSON)');
  process.exit(2);
}
const failed = files.filter((file) => !check(file));
if (failed.length > 0) {
  console.error(`${failed.length} of ${files.length} files differ`);
  process.exit(1);
}

function check(file: string): boolean {
  try {
    const golden = readGolden(readFileSync(resolve(called, file), 'utf8'));
    const difference = firstDifference(golden, replay(golden));
    if (difference === null) {
      console.log(`${file}: equal (${golden.events.length} events)`);
      return true;
    }
    const { event, field, expected, got } = difference;
    const place = event === null ? 'final state' : `event ${event}`;
    console.error(`${file}: ${place}, field ${field}`);
    console.error(`  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(got)}`);
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return false;
}
