// Runs on Node 20, before anything is installed: installs the locked packages only when they are missing or the lock has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.attune-setup`;
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `attune: Node ${process.versions.node} is too old to start the set-up. Install Node 20 or newer.`,
  );
  process.exit(2);
}
const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
if (!installed) {
  console.log('attune: installing packages (once, about half a minute)');
  const result = spawnSync('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(
      'attune: npm ci failed; the lines above say why. Mend it and run the same command again.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
