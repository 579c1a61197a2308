// Measures alignment beside MLflow's MemAlign on the same labels and the same mock model server, in one run: calls, tokens and seconds for 50
// and 200 labels, and what memory adds to one verdict. Prints progress on stderr and one line of JSON last; ends with 1 when a bar is missed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureOurs } from './ours.ts';
import { installMlflow, measureMlflow } from './peer.ts';
import { startMock } from '../mock.ts';
import { report } from '../report.ts';

/** Alignment in model latencies, and the added share of a verdict's latency. */
const BARS = { latencies: 2 * 1.3, added: 0.1 } as const;
const REMOTE = 'text-embedding-3-small';

const { values } = parseArgs({
  options: {
    tools: { type: 'string', default: `${process.env['ATTUNE_SHARED'] ?? '../shared'}/tools` },
    labels: { type: 'string', default: '50,200' },
    latency: { type: 'string', default: '200' },
    /** Latency at which the bar on seconds is measured. */
    slow: { type: 'string', default: '1000' },
    verdicts: { type: 'string', default: '100' },
    /** A Python that has MLflow; absent: it is installed from PyPI into a folder of its own. */
    python: { type: 'string' },
    /** Leaves MLflow out: ours alone. */
    alone: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const log = (text: string): void => void process.stderr.write(`${text}\n`);
const latencyMs = Number(values.latency);
const verdicts = Number(values.verdicts);

/** Calls that the method takes for n labels, with a remote embedder. */
const formula = (n: number, remote: boolean): number =>
  Math.ceil(n / 50) + 1 + (remote ? Math.ceil(n / 200) : 0);

async function sideBySide(labels: number, python: string | null) {
  const mock = await startMock(values.tools, latencyMs);
  try {
    const given = { mock, folder, labels, verdicts, latencyMs };
    log(`ours, ${labels} labels`);
    const local = await measureOurs({ ...given, embedder: 'local' });
    log(`ours, ${labels} labels, remote embedder`);
    const remote = await measureOurs({ ...given, embedder: REMOTE });
    if (python !== null) log(`MLflow, ${labels} labels`);
    const peer = { tools: values.tools, folder, port: mock.port, latencyMs, labels, verdicts };
    const mlflow = python === null ? null : await measureMlflow({ ...peer, python });
    const calls = local.align.calls === formula(labels, false);
    const remoteCalls = remote.align.calls === formula(labels, true);
    return {
      labels,
      ours: local,
      oursRemoteEmbedder: remote,
      mlflow,
      formula: calls && remoteCalls,
    };
  } finally {
    await mock.end();
  }
}

/** Alignment in model latencies, at a latency beside which our own work is small. */
async function slowly(labels: number) {
  const slowMs = Number(values.slow);
  const mock = await startMock(values.tools, slowMs);
  const latencies = async (embedder: string): Promise<number> => {
    log(`ours, ${labels} labels at ${slowMs} ms, ${embedder} embedder`);
    const given = { mock, folder, labels, verdicts: 2, latencyMs: slowMs };
    return ((await measureOurs({ ...given, embedder })).align.seconds * 1000) / slowMs;
  };
  try {
    const [local, remote] = [await latencies('local'), await latencies(REMOTE)];
    return { labels, latencyMs: slowMs, latencies: local, latenciesRemoteEmbedder: remote };
  } finally {
    await mock.end();
  }
}

try {
  const python = values.alone ? null : await installMlflow(folder, values.python);
  const sizes = [];
  for (const labels of values.labels.split(',').map(Number))
    sizes.push(await sideBySide(labels, python));
  const slow = await slowly(Math.max(...sizes.map(({ labels }) => labels)));
  const passed =
    slow.latencies <= BARS.latencies &&
    sizes.every(
      ({ formula: calls, ours }) =>
        calls &&
        ours.callsAVerdict === 1 &&
        ours.addedShare <= BARS.added &&
        ours.firstVerdictOfAProcess.embedded === 0,
    );
  report('align', { latencyMs, sizes, slow, bars: BARS }, passed);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
