import { refuse } from '../../contracts/invalid-input.ts';

/** Where fields of a file go that are not named as Attune names them. */
export type FieldMap = {
  readonly fields: readonly { readonly from: string; readonly to: string }[];
  /** Fields that are left out. */
  readonly ignore: readonly string[];
};

export const NO_MAP: FieldMap = { fields: [], ignore: [] };

const TARGET = /^(?:id|conversation|(?:inputs|outputs|expectations|tags)(?:\.[^.]+)*)$/;

/** `--map heading=inputs.message` and `--ignore heading` as given. @throws InvalidInputError */
export function fieldMap(maps: readonly string[] = [], ignore: readonly string[] = []): FieldMap {
  return {
    ignore,
    fields: maps.map((text) => {
      const cut = text.lastIndexOf('=');
      const [from, to] = [text.slice(0, Math.max(cut, 0)).trim(), text.slice(cut + 1).trim()];
      if (from === '' || !TARGET.test(to))
        refuse(
          '--map',
          `\`${text}\` is not of the form HEADING=FIELD, where FIELD is id, conversation, inputs.x, outputs.x, expectations.x or tags.x`,
        );
      return { from, to };
    }),
  };
}

const ANSWERS = new Set(
  (
    'answer answers expected expectation expectations label labels gold golden output outputs target targets truth groundtruth ' +
    'reference references ideal completion completions response responses solution solutions prediction predictions predicted ' +
    'verdict correct reply replies chosen rejected assistant'
  ).split(' '),
);

/** Whether a name says that what it holds is an answer rather than a question. */
export const answerLike = (name: string): boolean => {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  return words.some((word) => ANSWERS.has(word) || word.startsWith('expected'));
};
