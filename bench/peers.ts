// Runs mlflow.genai.evaluate (PyPI, an environment of its own) and Attune on the same number of rows against the same mock model server, one
// after the other on the same machine. Prints progress on stderr and one line of JSON on stdout; ends with 1 when MLflow cannot be installed
// or Attune is not the faster one.
import { parseArgs } from 'node:util';
import { importRows } from './evaluate/data.ts';
import { type Measured, measureRun } from './evaluate/run.ts';
import { withBench } from './evaluate/stack.ts';
import { startMock } from './mock.ts';
import { installMlflow, type PeerFigures, runMlflow, UnreachableError } from './peers-mlflow.ts';
import { report } from './report.ts';

const { values } = parseArgs({
  options: {
    tools: { type: 'string', default: `${process.env['ATTUNE_SHARED'] ?? '../shared'}/tools` },
    rows: { type: 'string', default: '1000' },
    judges: { type: 'string', default: '2' },
    latency: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '64' },
  },
});
const size = { rows: Number(values.rows), judges: Number(values.judges) };
const latencyMs = Number(values.latency);
const concurrency = Number(values.concurrency);
const NO_TROUBLE = { p429: 0, p500: 0, poison: 0 };
const log = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  const python = await installMlflow(log);
  const mock = await startMock(values.tools, latencyMs);
  try {
    const at = { ...size, latencyMs, concurrency, port: mock.port, tools: values.tools };
    log('mlflow');
    const mlflow = await runMlflow(python, at);
    log('attune');
    finish(mlflow, await runOurs(`http://127.0.0.1:${mock.port}`));
  } finally {
    await mock.end();
  }
} catch (error) {
  if (!(error instanceof UnreachableError)) throw error;
  log(error.message);
  process.exitCode = 1;
}

function runOurs(modelUrl: string): Promise<Measured> {
  return withBench({ modelUrl, concurrency }, async (bench) => {
    await importRows(bench.db, size);
    const options = { ...size, latencyMs, concurrency, modelUrl, trouble: NO_TROUBLE };
    return measureRun(bench, { ...options, name: 'peers' });
  });
}

function finish(mlflow: PeerFigures, ours: Measured): void {
  const faster = ours.callsPerSecond / mlflow.callsPerSecond;
  const lessCpu = mlflow.cpuMsPerCall / ours.cpuMsPerCall;
  const { scored, failed } = ours.stored;
  const passed = faster > 1 && lessCpu > 1 && scored === ours.calls && failed === 0;
  report('peers', { ...size, latencyMs, concurrency, mlflow, ours, faster, lessCpu }, passed);
}
