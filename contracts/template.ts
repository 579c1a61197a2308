/** Names of the `{{variables}}` of a text, each once, in order of first appearance. */
export function variablesOf(text: string): readonly string[] {
  const names = [...text.matchAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}/g)].map((m) => m[1]!);
  return [...new Set(names)];
}

/** Which of the variables another text lacks, and which it has that were not there: both none where their sets are equal. */
export function changedVariables(
  before: readonly string[],
  after: readonly string[],
): { readonly lost: readonly string[]; readonly added: readonly string[] } {
  return {
    lost: before.filter((name) => !after.includes(name)),
    added: after.filter((name) => !before.includes(name)),
  };
}

/** As they stand in a text: `{{a}}, {{b}}`. */
export const variableList = (names: readonly string[]): string =>
  names.map((name) => `{{${name}}}`).join(', ');

/** Replaces each `{{name}}` that has a value; an unknown one stays as it is. Plain text, no expansion of `$`. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}/g, (whole, key: string) =>
    Object.hasOwn(values, key) ? values[key]! : whole,
  );
}
