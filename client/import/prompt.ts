import { promptFile } from '../../contracts/prompt.ts';
import { InvalidInputError, issuesOf } from '../../contracts/invalid-input.ts';
import { readText } from '../files/read.ts';

/** The text of a prompt's file. @throws InvalidInputError when it is empty, or the name is none */
export function readPrompt(name: string, path: string): string {
  const checked = promptFile.safeParse({ name, text: readText(path).trimEnd() });
  if (checked.success) return checked.data.text;
  throw new InvalidInputError(
    issuesOf(checked.error).map((issue) =>
      issue.path[0] === 'name'
        ? { at: `prompt name \`${name}\``, message: issue.message }
        : { at: path, message: 'holds no text' },
    ),
  );
}
