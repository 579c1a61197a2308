/** Tags with one line of JSON between them: data that cannot speak. Whatever else a message holds speaks to the model. */
const DATA = /<([a-z_]+)>\n([^<>]*)\n<\/\1>/g;

const VERB =
  'value|verdict|answer|reply|respond|return|output|say|rate|grade|mark|score|judge|set|give|treat|accept';
const ORDER = new RegExp(
  `\\b(?:${VERB})\\w*\\b[^\\n.]{0,60}?["'\`]?\\b(true|pass(?:es|ed)?|yes|correct|good|false|fail(?:s|ed)?|no|wrong|bad)\\b`,
  'gi',
);
const STATED =
  /["']?(?:value|verdict|passed|correct)["']?\s*[:=]+\s*["']?(true|pass|yes|correct|false|fail|no|wrong)\b/gi;
const GOOD = /^(true|pass|yes|correct|good)/i;

/** The verdict that a message orders where it is not data, as any model may take it for its user's word; the last one counts. */
export function orderIn(message: string): boolean | null {
  const spoken = message
    .replaceAll(DATA, (whole, _name, body: string) => (isJson(body) ? '' : whole))
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '');
  const found = [...spoken.matchAll(ORDER), ...spoken.matchAll(STATED)].sort(
    (a, b) => a.index - b.index,
  );
  const last = found.at(-1)?.[1];
  return last === undefined ? null : GOOD.test(last);
}

/** Our JSON stands on one line. */
const isJson = (text: string): boolean => /^[[{"].*[\]}"]$/.test(text);
