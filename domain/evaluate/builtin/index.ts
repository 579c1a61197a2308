import type { BuiltinEntry } from '../../../contracts/scorer-entry.ts';
import type { JudgeDefinition } from '../../../contracts/judge.ts';
import { biasDemographic } from './bias-demographic.ts';
import { biasProduct } from './bias-product.ts';
import { competitorOffers } from './competitor-offers.ts';
import { completeness } from './completeness.ts';
import { conversationCompleteness } from './conversation-completeness.ts';
import { correctness } from './correctness.ts';
import { equivalence } from './equivalence.ts';
import { fluency } from './fluency.ts';
import { groundedness } from './groundedness.ts';
import type { BuiltinJudge } from './judge.ts';
import { knowledgeRetention } from './knowledge-retention.ts';
import { pii } from './pii.ts';
import { relevanceToQuery } from './relevance-to-query.ts';
import { retrievalRelevance } from './retrieval-relevance.ts';
import { retrievalSufficiency } from './retrieval-sufficiency.ts';
import { roleAdherence } from './role-adherence.ts';
import { safety } from './safety.ts';
import { summarization } from './summarization.ts';
import { toolCallCorrectness } from './tool-call-correctness.ts';
import { toolCallEfficiency } from './tool-call-efficiency.ts';
import { userFrustration } from './user-frustration.ts';

const ALL: readonly BuiltinJudge[] = [
  relevanceToQuery,
  correctness,
  safety,
  groundedness,
  completeness,
  equivalence,
  fluency,
  summarization,
  retrievalRelevance,
  retrievalSufficiency,
  toolCallCorrectness,
  toolCallEfficiency,
  roleAdherence,
  conversationCompleteness,
  knowledgeRetention,
  userFrustration,
  pii,
  biasDemographic,
  biasProduct,
  competitorOffers,
];

/** The judges that come with Attune, by name. */
export const BUILTIN_JUDGES: Readonly<Record<string, BuiltinJudge>> = Object.fromEntries(
  ALL.map((judge) => [judge.definition.name, judge]),
);

/** No judge of this name comes with Attune. */
export class UnknownBuiltinError extends Error {
  override readonly name = 'UnknownBuiltinError';
  readonly kind = 'not-found';
  readonly retryable = false;
  constructor(asked: string) {
    super(
      `no built-in judge is named \`${asked}\`; there are ${Object.keys(BUILTIN_JUDGES).join(', ')}`,
    );
  }
}

/** The definition that an entry stands for. @throws UnknownBuiltinError */
export function builtinDefinition(entry: BuiltinEntry): JudgeDefinition {
  const found = Object.hasOwn(BUILTIN_JUDGES, entry.builtin)
    ? BUILTIN_JUDGES[entry.builtin]
    : undefined;
  if (found === undefined) throw new UnknownBuiltinError(entry.builtin);
  const { builtin: _builtin, ...own } = entry;
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...found.definition, ...Object.fromEntries(given) };
}
