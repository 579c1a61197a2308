import type { Example, ExampleLine } from '../../contracts/example.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { JsonObject } from '../../contracts/json.ts';

type Content = Pick<Example, 'inputs' | 'outputs' | 'expectations' | 'tags'>;

/** Id and conversation fall back on the content's hash: equal rows are one example. */
export function exampleOf(line: ExampleLine, conversation?: string): Example {
  const { inputs, outputs, expectations, tags = {}, source } = line;
  const content = contentOf({
    inputs,
    ...(outputs !== undefined && { outputs }),
    ...(expectations !== undefined && { expectations }),
    tags,
  });
  const hash = hashJson(content);
  return {
    ...content,
    id: line.id ?? hash,
    conversation: conversation ?? line.conversation ?? hash,
    hash,
    ...(source !== undefined && { source }),
  };
}

/** The row with other content: the same id, conversation and source, and the hash of what it holds now. */
export function withContent(row: Example, changed: Content): Example {
  const { id, conversation, source } = row;
  const content = contentOf(changed);
  const hash = hashJson(content);
  return { ...content, id, conversation, hash, ...(source !== undefined && { source }) };
}

const contentOf = ({ inputs, outputs, expectations, tags }: Content): Content & JsonObject => ({
  inputs,
  ...(outputs !== undefined && { outputs }),
  ...(expectations !== undefined && { expectations }),
  tags,
});
