/** That a filter refused the content, in the words of providers; the codes first. */
const REFUSED = [
  /content_?(filter|policy)|responsible_?ai|data_inspection|moderation_blocked|invalid_prompt|prohibited_content/i,
  /content (management|filter|polic|moderation|exists risk|violat)|content was blocked/i,
  /moderation|flagged|inappropriate|guardrail|jailbreak|safety (check|filter|system|setting|reason)|blocked by .{0,30}(filter|safety|polic)/i,
  /violat\w+ .{0,40}(polic|guideline|terms)|usage (polic|guideline)/i,
];

/** Then the account is meant, not what was sent. */
const ACCOUNT =
  /\b(account|organi[sz]ation|api.?key|token|credential|billing|subscription|permission|not authori[sz]ed|region|country)\b/i;

/** Whether a refusal is about the content of one request. `code` is the provider's word for it. */
export function isModeration(said: string, code: string): boolean {
  if (REFUSED[0]!.test(code)) return true;
  return REFUSED.some((pattern) => pattern.test(said)) && !ACCOUNT.test(said);
}
