// Runs mlflow.genai.evaluate (PyPI, an environment of its own) and Attune on the same number of rows against the same mock model server, one
// after the other on the same machine. Prints progress on stderr and one line of JSON on stdout; ends with 1 when MLflow cannot be installed
// or Attune is not the faster one.
import { parseArgs } from 'node:util';
import { importRows } from './evaluate-data.ts';
import { type Measured, measureRun } from './evaluate-run.ts';
import { round, surroundings, withBench } from './evaluate-stack.ts';
import { startMock } from './optimize-mock.ts';
import { installMlflow, type PeerFigures, runMlflow, UnreachableError } from './peers-mlflow.ts';

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
  const faster = round(ours.callsPerSecond / mlflow.callsPerSecond, 1);
  const lessCpu = round(mlflow.cpuMsPerCall / ours.cpuMsPerCall, 1);
  const { scored, failed } = ours.stored;
  const passed = faster > 1 && lessCpu > 1 && scored === ours.calls && failed === 0;
  process.stdout.write(
    `${JSON.stringify({ bench: 'peers', ...surroundings(), ...size, latencyMs, concurrency, mlflow, ours, faster, lessCpu, passed })}\n`,
  );
  process.exitCode = passed ? 0 : 1;
}
