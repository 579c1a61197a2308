import { sql } from 'kysely';
import { THUMBS } from '../../contracts/feedback.ts';
import { type LabelLine, RECORDED_OUTPUT } from '../../contracts/label.ts';
import type { SessionKind } from '../../contracts/session.ts';
import type { Db } from '../connect.ts';
import { LabelError } from '../errors.ts';
import { knownCandidates } from './candidates.ts';

/** The output a label is about, and the newest session that asked for it. */
export type Target = {
  readonly example: string;
  readonly outputHash: string;
  readonly traceId: string;
  readonly session: {
    readonly id: string;
    readonly judge: string;
    readonly judgeVersion: string;
    readonly kind: SessionKind;
    readonly closed: boolean;
    /** Milliseconds since the epoch. */
    readonly deadline: number | null;
  } | null;
};

/** Whether a label of now comes after its session was closed or past its deadline. */
export const isLate = ({ session }: Target, now: number): boolean =>
  session !== null && (session.closed || (session.deadline ?? Infinity) < now);

type Output = {
  readonly example: string;
  readonly hash: string;
  readonly trace: string;
  readonly sealed: boolean;
  /** Comes with the dataset: no agent of ours made it. */
  readonly recorded: boolean;
};

type Known = {
  readonly byTrace: ReadonlyMap<string, Output>;
  readonly byExample: ReadonlyMap<string, readonly Output[]>;
  readonly sessions: ReadonlyMap<string, readonly NonNullable<Target['session']>[]>;
};

/** What each line is about. @throws LabelError for one that names no output, a wrong hash, or a sealed row */
export async function resolveTargets(
  tx: Db,
  { project, lines }: { readonly project: string; readonly lines: readonly LabelLine[] },
): Promise<readonly Target[]> {
  const outputs = await outputsOf(tx, {
    project,
    traces: lines.flatMap((line) => line.trace_id ?? []),
    examples: lines.flatMap((line) => line.row_id ?? []),
  });
  const known: Known = {
    byTrace: new Map(outputs.map((output) => [output.trace, output])),
    byExample: Map.groupBy(outputs, (output) => output.example),
    sessions: await sessionsOf(tx, { project, outputs }),
  };
  const sealed: number[] = [];
  const targets = lines.map((line, index) => {
    const found = line.trace_id === undefined ? byRow(line, known) : byTrace(line, known);
    if (typeof found === 'string') throw new LabelError(index, found);
    const target = targetOf(line, index, { output: found, known });
    // People see sealed rows in one place only: the open check of a gate.
    if (found.sealed && (target.session?.kind !== 'check' || target.session.closed))
      sealed.push(index);
    return target;
  });
  const [first] = sealed;
  if (first === undefined) return targets;
  throw new LabelError(first, sealedFault(targets[first]!.example, sealed.length - 1));
}

/** `more`: further labels of the request that are about sealed rows. */
const sealedFault = (row: string, more: number): string =>
  `row \`${row}\` is sealed: nobody labels it${more === 0 ? '' : `, nor the rows of ${more} more of these labels`}; those that \`attune dataset show\` lists can be labelled`;

function byTrace(line: LabelLine, { byTrace: traces }: Known): Output | string {
  const output = traces.get(line.trace_id!);
  if (!output) return `trace \`${line.trace_id}\` is not known; see \`attune label list\``;
  if (line.output_hash !== undefined && line.output_hash !== output.hash)
    return `trace \`${line.trace_id}\` has the output ${output.hash}, not ${line.output_hash}; the label is about another output`;
  return output;
}

function byRow(line: LabelLine, { byExample }: Known): Output | string {
  const outputs = byExample.get(line.row_id!);
  if (!outputs) return `row \`${line.row_id}\` is not known, or has no output yet`;
  if (line.output_hash !== undefined)
    return (
      outputs.find((output) => output.hash === line.output_hash) ??
      `row \`${line.row_id}\` has no output ${line.output_hash}; the label is about another output`
    );
  return (
    outputs.find((output) => output.recorded) ??
    `row \`${line.row_id}\` has no recorded output; say which output is meant with output_hash or trace_id`
  );
}

function targetOf(
  line: LabelLine,
  index: number,
  { output, known }: { readonly output: Output; readonly known: Known },
): Target {
  const sessions = known.sessions.get(`${output.example}#${output.hash}`) ?? [];
  const session = sessions.find(({ judge }) => judge === line.name);
  if (!session && sessions[0] && line.name !== THUMBS)
    throw new LabelError(
      index,
      `\`${line.name}\` is not what session ${sessions[0].id} asks; its labels are named \`${sessions[0].judge}\``,
    );
  return {
    example: output.example,
    outputHash: output.hash,
    traceId: output.trace,
    session: session ?? null,
  };
}

async function outputsOf(
  tx: Db,
  at: {
    readonly project: string;
    readonly traces: readonly string[];
    readonly examples: readonly string[];
  },
): Promise<readonly Output[]> {
  const { rows } = await sql<Output>`
    with made as (
      select o.example, o.output_hash as hash, o.trace, u.kind = 'gate' as sealed,
        false as recorded, o.ordinal
      from rollout o join run u on u.project = o.project and u.name = o.run
      where o.project = ${at.project} and o.output_hash is not null and o.trace is not null
        and (o.trace = any(${at.traces}::text[]) or o.example = any(${at.examples}::text[]))
    ), recorded as (
      select e.id, e.output_hash, ${RECORDED_OUTPUT} || e.id || '/' || e.output_hash,
        m.part = 'sealed', true, -1
      from example e
      join membership m on m.project = e.project and m.conversation = e.conversation
      where e.project = ${at.project} and e.output_hash is not null
        and e.id = any(${at.examples}::text[])
    )
    select * from made union all select * from recorded order by ordinal desc, trace`.execute(tx);
  const known = new Set(rows.map((row) => row.trace));
  return [
    ...rows,
    ...(await received(
      tx,
      at.project,
      at.traces.filter((id) => !known.has(id)),
    )),
  ];
}

/** Traces that no run made, such as those a product sent: each is an example of its own. */
async function received(
  tx: Db,
  project: string,
  ids: readonly string[],
): Promise<readonly Output[]> {
  const candidates = await knownCandidates(tx, { project, ids });
  return candidates.map(({ example, outputHash: hash, traceId: trace }) => ({
    example,
    hash,
    trace,
    sealed: false,
    recorded: false,
  }));
}

/** Sessions by `<example>#<output hash>`, newest first. */
async function sessionsOf(
  tx: Db,
  { project, outputs }: { readonly project: string; readonly outputs: readonly Output[] },
): Promise<Known['sessions']> {
  if (outputs.length === 0) return new Map();
  const rows = await tx
    .selectFrom('session_item as i')
    .innerJoin('label_session as s', (join) =>
      join.onRef('s.project', '=', 'i.project').onRef('s.id', '=', 'i.session'),
    )
    .select([
      'i.example',
      'i.output_hash',
      's.id',
      's.judge',
      's.judge_version',
      's.kind',
      's.state',
      's.deadline',
    ])
    .where('i.project', '=', project)
    .where('i.example', 'in', [...new Set(outputs.map((output) => output.example))])
    .orderBy('s.created_at', 'desc')
    .orderBy('s.id', 'desc')
    .execute();
  const sessions = rows.map((row) => ({
    key: `${row.example}#${row.output_hash}`,
    session: {
      id: row.id,
      judge: row.judge,
      judgeVersion: row.judge_version,
      kind: row.kind,
      closed: row.state === 'closed',
      deadline: row.deadline?.getTime() ?? null,
    },
  }));
  const grouped = Map.groupBy(sessions, ({ key }) => key);
  return new Map([...grouped].map(([key, list]) => [key, list.map(({ session }) => session)]));
}
