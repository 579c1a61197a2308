/** Names of the `{{variables}}` of a text, each once, in order of first appearance. */
export function variablesOf(text: string): readonly string[] {
  const names = [...text.matchAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}/g)].map((m) => m[1]!);
  return [...new Set(names)];
}

/** Replaces each `{{name}}` that has a value; an unknown one stays as it is. Plain text, no expansion of `$`. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}/g, (whole, key: string) =>
    Object.hasOwn(values, key) ? values[key]! : whole,
  );
}
