// Measures the search against gepa 0.1.4 on the same task and the same mock model server: wall-clock, calls, pairs paid twice, and what a
// kill at half costs again. Prints progress on stderr and one line of JSON on stdout; ends with 1 when a bar is missed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMock } from '../mock.ts';
import { measureOurs } from './ours.ts';
import { measureGepa } from './peer.ts';
import { report } from '../report.ts';

const BARS = { sequential: 10, threads: 3 } as const;
const { values } = parseArgs({
  options: {
    tools: { type: 'string', default: `${process.env['ATTUNE_SHARED'] ?? '../shared'}/tools` },
    latency: { type: 'string', default: '200' },
    budget: { type: 'string', default: '600' },
    /** Default: the product's own. */
    parents: { type: 'string' },
    /** Leaves gepa out: ours alone. */
    alone: { type: 'boolean', default: false },
  },
});
const budget = Number(values.budget);
const latencyMs = Number(values.latency);
const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const log = (text: string): void => void process.stderr.write(`${text}\n`);

const mock = await startMock(values.tools, latencyMs);
try {
  const peer = { tools: values.tools, folder, port: mock.port, latencyMs, budget, log };
  const theirs = values.alone ? null : await measureGepa(peer);
  const { parents } = values;
  const given = { mock, folder, budget, ...(parents && { parents: Number(parents) }) };
  log('ours');
  const ours = await measureOurs({ ...given, name: 'whole' });
  log('ours, killed at half');
  const killAt = Math.round(ours.requests / 2);
  const killed = await measureOurs({ ...given, name: 'killed', killAt });
  const sequential = theirs && theirs.sequential.wall / ours.wall;
  const threads = theirs && theirs.threads.wall / ours.wall;
  const passed =
    ours.duplicatePairs === 0 &&
    ours.spend === ours.requests &&
    killed.candidates.join() === ours.candidates.join() &&
    (theirs === null || (sequential! >= BARS.sequential && threads! >= BARS.threads));
  const { candidates: first, ...whole } = ours;
  const { candidates: second, ...crashed } = killed;
  const figures = {
    latencyMs,
    budget,
    gepa: theirs,
    ours: { ...whole, candidates: first.length },
    killedAtHalf: { ...crashed, candidates: second.length, same: first.join() === second.join() },
    faster: { sequential, threads },
    bars: BARS,
  };
  report('optimize', figures, passed);
} finally {
  await mock.end();
  rmSync(folder, { recursive: true, force: true });
}
