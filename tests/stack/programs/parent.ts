// Starts a stack as `attune up` does, in a process of its own that tests can kill: prints its addresses when it is up.
import { abortOnSignals, startStack } from '../../../stack/index.ts';
import { ANSWERING } from './programs.ts';

const signals = abortOnSignals();
try {
  const stack = await startStack({
    dataDir: process.argv[2] ?? '',
    env: process.env,
    programs: ANSWERING,
    signal: signals.signal,
    onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  });
  process.stdout.write(`${JSON.stringify({ up: stack.info })}\n`);
  const end = await stack.ended;
  process.exitCode = end.reason === 'stopped' ? 0 : 1;
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ error: (error as Error).name, message: (error as Error).message })}\n`,
  );
  process.exitCode = 2;
} finally {
  signals.dispose();
}
