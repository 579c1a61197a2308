/** Tokens of a text, estimated without a tokenizer: four ASCII characters or one other character and a half make a token. */
export function estimateTokens(text: string): number {
  let other = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) other++;
  return Math.ceil((text.length - other) / 4 + other / 1.5);
}
