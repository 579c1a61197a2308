import { hashJson } from '../../contracts/hash.ts';
import type { Span } from '../../contracts/trace.ts';
import { moveAlias } from '../../db/versions/aliases.ts';
import { saveCandidates } from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import { updateCycle } from '../../db/cycles/cycles.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { enterPhase } from '../../db/cycles/phases.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { addArm, createRun, planRollouts, saveAssessments } from '../../db/runs/runs.ts';
import { saveTraces } from '../../db/traces/traces.ts';
import { sampleReport } from '../client/sample-report.ts';
import { DEFINITION, outputs, PROJECT, ROWS, startRun } from '../db/fixture.ts';
import { fillDrive } from './drive-data.ts';
import { openLabelSession } from './session.ts';

/** Stands in a trace of the gate, whose scores nobody may see yet: no page may show it. */
export const SEALED = 'what the gate recorded';
/** Of the gate report, stored before the verdict. */
export const GATE_SCORE = '73.1\u00a0%';
export const MARKUP = '<b onclick="alert(1)">bold</b>';

/** One of everything that the console shows. The cycle `demo/1` stands in its gate, with figures that are not public yet. */
export async function fillConsole(db: Db): Promise<void> {
  const { cycle } = await openLabelSession(db);
  await enterPhase(db, cycle, { phase: 'evaluate', note: '4 rows' });
  await enterPhase(db, cycle, { phase: 'label', note: `waits for ${MARKUP}` });
  await enterPhase(db, cycle, { phase: 'gate', note: 'both arms on the sealed part' });
  const { judge, gate, optimize } = sampleReport();
  await updateCycle(db, cycle, {
    judgeReport: judge && { ...judge, alignment: alignedTo('routing@2') },
    gateReport: gate && { ...gate, finalist: { ...gate.finalist, mean: 0.731 } },
    optimizeReport: optimize,
    finalist: { router: 2 },
  });
  await saveCandidates(db, { project: PROJECT, run: `${cycle.key}/optimize`, candidates: pool() });
  await promptVersions(db);
  await createJudgeVersion(db, { project: PROJECT, definition: DEFINITION, memory: MEMORY });
  await tracesOf(db, `${cycle.key}/evaluate`, 'trace-0', MARKUP);
  const sealed = await startRun(db, cycle, 'gate');
  await tracesOf(db, sealed.name, 'trace-sealed', SEALED);
  for (const name of ['first', 'second']) await evaluation(db, name, cycle.datasetVersion);
  await fillDrive(db, `Where is my ${MARKUP} bill?`);
}

const alignedTo = (judge: string) => ({
  aligner: 'memalign' as const,
  outcome: 'aligned' as const,
  judge,
  base: 'routing@1',
  labels: 8,
  items: 4,
  contradictions: [],
  dropped: {},
  leftOut: [],
  notes: [`2 of 4 tested items are in its memory ${MARKUP}`],
});

const pool = () =>
  [
    { hash: 'a'.repeat(64), parents: [], validation: 0.5, length: 80 },
    { hash: 'b'.repeat(64), parents: ['a'.repeat(64)], validation: 0.7, length: 140 },
    { hash: 'c'.repeat(64), parents: ['a'.repeat(64)], validation: 0.6, length: 200 },
    {
      hash: 'd'.repeat(64),
      parents: ['b'.repeat(64), 'c'.repeat(64)],
      validation: null,
      length: 9,
    },
  ].map((at, position) => ({
    ...at,
    position,
    prompts: { router: `text ${position}` },
    fronts: at.validation === null ? [] : ['validation-1'],
    discoveredAt: 10 * position,
  }));

async function promptVersions(db: Db): Promise<void> {
  const at = { project: PROJECT, name: 'router', parent: 1, cycle: 'demo/1' };
  const text = `Route {{message}}.\nNever ${MARKUP}.`;
  await registerPrompt(db, { ...at, text, message: 'firmer' });
  const alias = { project: PROJECT, prompt: 'router', alias: 'production', who: 'eva' };
  await moveAlias(db, { ...alias, expected: null, to: 1, why: 'the first' });
}

const MEMORY = {
  guidelines: [{ id: 'g1', text: `Roaming is ${MARKUP}`, sources: ['s1'] }],
  snapshots: [
    {
      id: 's1',
      item: 'align-labels-1#x',
      conversation: 'c-align-labels-1',
      fields: { inputs: { message: 'abroad' }, outputs: { route: 'roaming' } },
      value: true,
      rationales: [{ rater: 'ana', text: 'it is abroad' }],
    },
  ],
  embedding: { model: 'practice-embed', dimension: 2 },
  vectors: { s1: 'AAAAAAAAAAA=' },
  shown: 3,
};

function tracesOf(db: Db, run: string, id: string, said: string): Promise<void> {
  const span = (n: number): Span => ({
    id: `s${n}`,
    parent: n === 0 ? null : 's0',
    name: n === 0 ? 'route the message' : `look up ${said}`,
    kind: n === 0 ? 'agent' : 'tool',
    start: 1_700_000_000_000 + 100 * n,
    end: 1_700_000_001_000 + (n === 0 ? 0 : 50 * n - 800),
    status: n === 2 ? 'ERROR' : 'OK',
    message: n === 2 ? 'no such account' : null,
    inputs: { question: said },
    outputs: null,
    usage: n === 1 ? { inputTokens: 1200, outputTokens: 40 } : null,
    attributes: {},
  });
  const content = { inputs: { message: said }, outputs: outputs('billing') };
  const spans = [0, 1, 2].map(span);
  const trace = { id, status: 'OK' as const, ...content, spans };
  return saveTraces(db, { project: PROJECT, run, traces: [trace] });
}

/** An evaluation of recorded outputs; the second is worse on one example. */
async function evaluation(db: Db, name: string, datasetVersion: string): Promise<void> {
  const run = `evaluate/${name}`;
  const at = { project: PROJECT, run };
  await createRun(db, {
    alone: { project: PROJECT, datasetVersion, spec: { agent: 'recorded', models: {} } },
    name: run,
    kind: 'evaluate',
    scorers: ['routing@1'],
    agent: 'recorded',
    agentFingerprint: hashJson(name),
    models: {},
  });
  await addArm(db, { ...at, arm: 'recorded', texts: {} });
  const ids = ROWS.filter(({ tags }) => tags['part'] !== 'sealed').map((row) => row.id);
  const recorded = { outputs: outputs(`billing of ${name}`), traceId: null };
  const cells = ids.map((example) => ({ arm: 'recorded', example, trial: 0, recorded }));
  await planRollouts(db, { ...at, cells });
  const assessments = ids.map((_, ordinal) => {
    const right = ordinal % 3 !== 0 && !(name === 'second' && ordinal === 1);
    const said = { value: right, score: right ? 1 : 0, rationale: `because ${MARKUP}` };
    return {
      ordinal,
      scorer: 'routing@1',
      assessment: {
        name: 'routing',
        ...said,
        error: null,
        source: 'judge:routing@1',
        evidence: {},
      },
    };
  });
  await saveAssessments(db, { ...at, assessments });
}
