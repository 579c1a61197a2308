import { flat, nameOf } from './blocks.ts';
import { remembered } from './cache.ts';
import { unit } from './hash.ts';
import type { Case, Opinion, Precedent } from './judge.ts';
import { likeness } from './likeness.ts';
import { grounded, reasonsIn } from './reasons.ts';
import { parseRules } from './rules.ts';
import type { Scale } from './scale.ts';
import { read, type Reading } from './text.ts';
import { prepare, weigh, type Weighed } from './weigh.ts';

/** What a precedent as like as the case itself weighs, against the evidence of one clear cue. */
const PRECEDENT = 1.6;
/** What its own sense of the names weighs beside the rules of people. */
const OWN_SENSE = 0.5;
/** What the odds of passing among the precedents weigh: where nearly all passed, it takes more to call an output wrong. */
const ODDS = 0.5;
/** Evidence less clear than this is not followed. */
const CLEAR = 0.12;
/** Share of the cases without any evidence that a judge without precedents lets pass. */
const LENIENT = 0.3;
/** Without memory a judge is so often distracted: it says the opposite of what its weak evidence says. */
const DISTRACTED = 0.12;

/** Of a question only so much is searched for a list of names. */
const LONGEST_QUESTION = 20_000;

const scalesOf = remembered(500, (lines) => prepare(parseRules(lines)));

type Vote = { readonly answer: string; readonly weight: number; readonly reason: string };

/** Judges an output that is one name from a list: which answer do rules and precedents speak for? */
export function judgeName(asked: Case): Opinion {
  const output = nameOf(asked.outputs)!;
  const inputs = read(flat(asked.inputs));
  const known = answersKnown(asked, output);
  const own = weigh(ownScales(asked.question, known), inputs);
  if (asked.guidelines.length === 0 && asked.precedents.length === 0)
    return judgeAlone({ asked, output, own });
  const rules = weigh(scalesOf(asked.guidelines.join('\n')), inputs);
  const votes = asked.precedents.flatMap((precedent) =>
    votesOf(precedent, { inputs, known, scale: asked.scale }),
  );
  const odds = ODDS * Math.log(passing(asked) / (1 - passing(asked)));
  const totals = [...known].map((answer) => ({
    answer,
    score:
      (answer === output ? odds : 0) +
      OWN_SENSE * (own.get(answer)?.score ?? 0) +
      (rules.get(answer)?.score ?? 0) +
      votes.reduce((sum, vote) => sum + (vote.answer === answer ? vote.weight : 0), 0),
  }));
  const best = totals.reduce((top, next) => (next.score > top.score ? next : top));
  const here = totals.find(({ answer }) => answer === output)!.score;
  if (best.score < CLEAR && here > -CLEAR) return judgeAlone({ asked, output, own });
  return opinionOf({ asked, output, best, here, rules, votes });
}

/** Share of the precedents that passed, with one passed and one failed added. */
const passing = ({ precedents, scale }: Case): number =>
  (precedents.filter(({ value }) => isPass(value, scale)).length + 1) / (precedents.length + 2);

/** The answers named by the question, the guidelines, the precedents and the output. */
function answersKnown(asked: Case, output: string): ReadonlySet<string> {
  const outputs = asked.precedents.map(({ outputs: given }) => nameOf(given));
  return new Set([
    output,
    ...outputs.filter((name) => name !== null),
    ...listWith(output, asked.question),
    ...parseRules(asked.guidelines.join('\n')).answers,
  ]);
}

/** A list of names between commas that holds the output: the other answers there are. */
function listWith(output: string, text: string): readonly string[] {
  const lists = text
    .slice(0, LONGEST_QUESTION)
    .replace(/\s+/g, ' ')
    .match(/(?:[\p{L}\p{N}_.-]+, )+(?:(?:and|or) )?[\p{L}\p{N}_.-]+/gu);
  const names = (lists ?? []).map((list) =>
    list.split(/, (?:(?:and|or) )?/).map((name) => name.replace(/[.]$/, '')),
  );
  return names.find((list) => list.includes(output)) ?? [];
}

const ownScalesOf = remembered(500, (text) => {
  const [names, question] = text.split('\u0000');
  const known = names!.split('\n');
  const { rules } = parseRules(question!);
  return prepare(
    parseRules(
      [
        ...known.map((name) => `- ${name}: ${name.replaceAll(/[_.-]+/g, ' ')}`),
        ...rules
          .filter(({ answer }) => known.includes(answer))
          .map(({ answer, cues }) => `- ${answer}: ${cues.join(', ')}`),
      ].join('\n'),
    ),
  );
});

const ownScales = (question: string, known: ReadonlySet<string>) =>
  ownScalesOf(`${[...known].sort().join('\n')}\u0000${question}`);

/** What a precedent says about the case at hand; the weight falls with the unlikeness of the inputs. */
function votesOf(
  precedent: Precedent,
  {
    inputs,
    known,
    scale,
  }: {
    readonly inputs: Reading;
    readonly known: ReadonlySet<string>;
    readonly scale: Scale | null;
  },
): readonly Vote[] {
  const answer = nameOf(precedent.outputs);
  const text = read(flat(precedent.inputs));
  const weight = PRECEDENT * likeness(text, inputs) ** 1.5;
  if (answer === null || weight === 0) return [];
  const passed = isPass(precedent.value, scale);
  const reasons = reasonsIn(precedent.rationale, known).filter(
    (reason) => grounded(reason.cues, text).length > 0 && (reason.answer === answer) === passed,
  );
  const reason = precedent.rationale.split('\n')[0] ?? '';
  if (passed) return [{ answer, weight, reason }];
  const right = new Set(reasons.map((found) => found.answer));
  return [
    { answer, weight: -weight, reason: '' },
    ...[...right].map((named) => ({ answer: named, weight: weight / right.size, reason })),
  ];
}

/** Whether a value speaks for the output; a number does in the upper half of its scale. */
export const isPass = (value: unknown, scale: Scale | null = null): boolean =>
  typeof value === 'boolean'
    ? value
    : typeof value === 'number'
      ? scale === null
        ? value > 0
        : 2 * value >= scale.low + scale.high
      : /^(yes|true|correct|right|pass(ed)?|good|excellent|perfect|acceptable|ok)$/i.test(
          String(value),
        );

type Deciding = {
  readonly asked: Case;
  readonly output: string;
  readonly best: { readonly answer: string; readonly score: number };
  readonly here: number;
  readonly rules: ReadonlyMap<string, Weighed>;
  readonly votes: readonly Vote[];
};

function opinionOf({ asked, output, best, here, rules, votes }: Deciding): Opinion {
  const right = best.answer === output;
  const share = 1 / (1 + Math.exp(Math.min(30, 4 * (best.score - here))));
  const cues = (rules.get(best.answer)?.found ?? []).slice(0, 4).map(({ cue }) => `'${cue}'`);
  const rulesShown = asked.guidelines.filter((line) =>
    parseRules(line).answers.some((answer) => answer === best.answer || answer === output),
  );
  const [nearest] = votes
    .filter(({ answer, reason }) => answer === best.answer && reason !== '')
    .sort((a, b) => b.weight - a.weight);
  const lines = [
    right ? `${output} is right.` : `The right answer is ${best.answer}, not ${output}.`,
    ...(cues.length > 0 ? [`${best.answer}: the inputs say ${cues.join(', ')}.`] : []),
    ...(nearest ? [`A case like this one was judged so before. ${nearest.reason}`] : []),
    ...rulesShown,
  ];
  return { right: right ? 1 - share : Math.min(share, 0.49), rationale: lines.join('\n') };
}

type Alone = {
  readonly asked: Case;
  readonly output: string;
  readonly own: ReadonlyMap<string, Weighed>;
};

/** Where people say nothing of it: are the words of another answer's name or description more like the inputs? */
function judgeAlone({ asked, output, own }: Alone): Opinion {
  const here = own.get(output)?.score ?? 0;
  const others = Math.max(
    0,
    ...[...own].filter(([name]) => name !== output).map(([, w]) => w.score),
  );
  const whim = unit('judge', asked.seed, flat(asked.inputs), output);
  const alone = asked.precedents.length === 0;
  const distracted =
    alone && unit('distracted', asked.seed, flat(asked.inputs), output) < DISTRACTED;
  const lenient = alone ? LENIENT : passing(asked);
  const leaning = here === others ? whim < lenient : here > others;
  const right = leaning !== distracted;
  return {
    right: right ? 0.6 : 0.4,
    rationale: right
      ? `${output} looks fitting for these inputs.`
      : `${output} does not look fitting for these inputs.`,
  };
}
