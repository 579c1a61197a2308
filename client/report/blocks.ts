/** What a report is made of, before it is drawn on a terminal or a page. */
export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly headings: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'diff'; readonly text: string };

export type Tone = 'good' | 'bad' | 'plain';
export type Section = { readonly title: string; readonly blocks: readonly Block[] };

export const text = (content: string, tone: Tone = 'plain'): Block => ({
  kind: 'text',
  text: content,
  tone,
});
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });
export const table = (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): Block => ({ kind: 'table', headings, rows });
export const diff = (content: string): Block => ({ kind: 'diff', text: content });
