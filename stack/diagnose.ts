import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { diagnoseDatabase, diagnoseModel, diagnoseTemporal } from './diagnose-services.ts';
import { diagnoseUserCode } from './diagnose-user-code.ts';
import { type Wishes, readWishes } from './environment.ts';
import { lives } from './identity.ts';
import { readStack } from './info.ts';
import { dataDirOf, layoutOf } from './layout.ts';
import { lockHolder } from './lock.ts';
import { freePort } from './ports.ts';

/** One line of `attune doctor`: what was looked at, how it is, and what to do about it. */
export type Finding = {
  readonly subject: string;
  readonly state: 'ok' | 'note' | 'bad';
  readonly found: string;
  readonly remedy?: string;
};

const NODE_NEEDED = 24;
const BYTES_WANTED = 1_000_000_000;

/** Looks at everything the stack needs, changes nothing and starts nothing. */
export async function diagnose(env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const dataDir = dataDirOf(env);
  const wishes = wishesOf(env);
  if ('state' in wishes) return [node(), wishes];
  const services = await Promise.all([
    diagnoseDatabase(wishes),
    diagnoseTemporal(wishes, env, dataDir),
    diagnoseModel(wishes, env),
    ports(),
    diagnoseUserCode(env, dataDir),
  ]);
  return [node(), folder(dataDir), running(dataDir), ...services];
}

function wishesOf(env: NodeJS.ProcessEnv): Wishes | Finding {
  try {
    return readWishes(env);
  } catch (error) {
    const { message } = error as Error;
    return { subject: 'environment', state: 'bad', found: message };
  }
}

function node(): Finding {
  const found = `Node ${process.versions.node}`;
  if (Number(process.versions.node.split('.')[0]) >= NODE_NEEDED)
    return { subject: 'node', state: 'ok', found };
  return {
    subject: 'node',
    state: 'bad',
    found,
    remedy: `Run \`npm ci\`: it brings Node ${NODE_NEEDED}; start through npm or npx.`,
  };
}

function folder(dataDir: string): Finding {
  const subject = 'data folder';
  const existing = existsSync(dataDir) ? dataDir : dirname(dataDir);
  try {
    accessSync(existing, constants.W_OK);
    const { bavail, bsize } = statfsSync(existing);
    const free = bavail * bsize;
    const found = `${dataDir}, ${(free / 1e9).toFixed(1)} GB free`;
    if (free >= BYTES_WANTED) return { subject, state: 'ok', found };
    return {
      subject,
      state: 'bad',
      found,
      remedy: 'Free some disk space, or name another folder with ATTUNE_DATA.',
    };
  } catch {
    return {
      subject,
      state: 'bad',
      found: `${existing} cannot be written`,
      remedy: 'Change its owner or mode, or name another folder with ATTUNE_DATA.',
    };
  }
}

function running(dataDir: string): Finding {
  const subject = 'stack';
  const info = readStack(dataDir);
  if (info)
    return {
      subject,
      state: 'ok',
      found: `runs (process ${info.owner.pid}); server ${info.server?.url ?? 'left out'}, Temporal UI ${info.temporal.ui ?? 'not ours'}`,
    };
  const holder = lockHolder(layoutOf(dataDir));
  if (!holder)
    return { subject, state: 'note', found: 'does not run', remedy: '`attune up` starts it.' };
  if (lives(holder))
    return { subject, state: 'note', found: `is being started by process ${holder.pid}` };
  return {
    subject,
    state: 'note',
    found: `was cut off (process ${holder.pid} is gone)`,
    remedy: 'The next `attune up` takes over; `attune stop` ends what is left.',
  };
}

async function ports(): Promise<Finding> {
  try {
    await freePort();
    return { subject: 'ports', state: 'ok', found: 'free ports on 127.0.0.1' };
  } catch (error) {
    return {
      subject: 'ports',
      state: 'bad',
      found: (error as Error).message,
      remedy: 'Allow this user to listen on the loopback address.',
    };
  }
}
