/** Why an answer ended, in the words of providers. */
const WORDS: readonly (readonly [string, RegExp])[] = [
  [
    'length',
    /^(length|max_?(new_|output_|completion_)?tokens|model_?length|max_?length|token_?limit|incomplete|.*context.*(exceeded|length|limit).*)$/i,
  ],
  ['tool_calls', /^(tool_?calls?|tool_?use|function_?calls?)$/i],
  [
    'content_filter',
    /^(content_?filter(ed)?|safety|.*_safety|recitation|.*blocklist|prohibited_content|spii|sensitive|guardrail.*|moderation|refusal|blocked|language)$/i,
  ],
  [
    'error',
    /^(error|.*_error|malformed.*|failed|failure|abort(ed)?|cancel(l?ed)?|timeout|insufficient_system_resource|unexpected_tool_call|other)$/i,
  ],
];

/** One of `stop`, `length`, `tool_calls`, `content_filter` and `error`; what is not known counts as an end. */
export function finishOf(choice: Readonly<Record<string, unknown>>): string {
  const given = choice['finish_reason'] ?? choice['finishReason'] ?? choice['stop_reason'];
  const word = typeof given === 'string' ? given.trim() : '';
  return WORDS.find(([, pattern]) => pattern.test(word))?.[0] ?? 'stop';
}
