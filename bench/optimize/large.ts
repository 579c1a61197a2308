// A search of more than 10,000 rollouts and 300 candidates against the mock without latency: candidates found, longest history, largest payload, memory of the worker. One line
// of JSON on stdout; ends with 1 when a rule is broken.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { Stack } from '../../stack/index.ts';
import { historiesOf, largestPayload } from '../../tests/e2e/histories.ts';
import { startMock } from '../mock.ts';
import { measureOurs } from './ours.ts';
import { descendants, residentMb } from '../processes.ts';
import { report } from '../report.ts';

const BARS = {
  rollouts: 10_000,
  candidates: 300,
  events: 4_096,
  payload: 100_000,
  workerMb: 600,
} as const;
const SAMPLE_MS = 250;
const { values } = parseArgs({
  options: {
    tools: { type: 'string', default: `${process.env['ATTUNE_SHARED'] ?? '../shared'}/tools` },
    budget: { type: 'string', default: '16000' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const mock = await startMock(values.tools, 0);
let peakMb = 0;
const sample = (): void => {
  const workers = descendants(process.pid).filter(({ command }) => /worker\/main/.test(command));
  for (const { pid } of workers) peakMb = Math.max(peakMb, mbOf(pid));
};
const timer = setInterval(sample, SAMPLE_MS);
try {
  const budget = Number(values.budget);
  const ran = await measureOurs({ mock, folder, name: 'large', budget, inspect });
  const { candidates, claim: _claim, ...figures } = ran;
  const { events = Infinity, payload = Infinity } = ran as Readonly<Record<string, unknown>> & {
    readonly events?: number;
    readonly payload?: number;
  };
  const passed =
    ran.rollouts >= BARS.rollouts &&
    candidates.length >= BARS.candidates &&
    events <= BARS.events &&
    payload <= BARS.payload &&
    peakMb <= BARS.workerMb &&
    ran.duplicatePairs === 0 &&
    ran.spend === ran.requests;
  const told = { ...figures, candidates: candidates.length, workerMb: peakMb };
  report('optimize-large', { ...told, bars: BARS }, passed);
} finally {
  clearInterval(timer);
  await mock.end();
  rmSync(folder, { recursive: true, force: true });
}

/** Longest history and largest payload of the search and all its children. */
async function inspect({ info }: Stack): Promise<Readonly<Record<string, number>>> {
  const { address, namespace } = info.temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const histories = await historiesOf(client, 'optimize/default/bench-search/1');
    const events = Math.max(...histories.map(({ history }) => history.events?.length ?? 0));
    return { events, payload: largestPayload(histories), histories: histories.length };
  } finally {
    await connection.close();
  }
}

function mbOf(pid: number): number {
  try {
    return residentMb(pid);
  } catch {
    return 0;
  }
}
