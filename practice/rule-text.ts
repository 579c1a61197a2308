/** A rule is read with every verdict: longer ones are split. */
const LONGEST = 900;

/** `'cue', 'cue' -> answer`. */
export const ruleText = (answer: string, cues: readonly string[]): string =>
  `${cues.map((cue) => `'${cue}'`).join(', ')} -> ${answer}`;

/** The cues of one answer in as many groups as rules are needed to keep each short. */
export function inRules(answer: string, cues: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const cue of cues.filter((text) => ruleText(answer, [text]).length <= LONGEST)) {
    const last = groups.at(-1);
    if (last && ruleText(answer, [...last, cue]).length <= LONGEST) last.push(cue);
    else groups.push([cue]);
  }
  return groups;
}
