import { flat, readBlocks } from './blocks.ts';
import { likeness } from './likeness.ts';
import { type ChatRequest, isObject } from './request.ts';
import { read } from './text.ts';
import { aboutOf } from './tools.ts';

/** How like a tool's purpose is to the request from which on it counts as required, and documents as relevant. */
const REQUIRED = 0.12;
const RELEVANT = 0.1;

/** The reply to a request that asks which of some tools a case required; null for others. */
export function answerToolsNeeded(request: ChatRequest): string | null {
  if (request.format.kind !== 'schema') return null;
  const properties = request.format.schema['properties'];
  if (!isObject(properties) || !('required' in properties)) return null;
  const { tools, inputs, retrieved } = readBlocks(
    request.messages.find(({ role }) => role === 'user')?.content ?? '',
  );
  if (!Array.isArray(tools)) return null;
  const asked = read(flat(inputs));
  const judged = tools.filter(isObject).map((tool) => {
    const name = String(tool['name']);
    const alike = likeness(aboutOf({ name, description: flat(tool['purpose']) }), asked);
    return { name, alike };
  });
  const required = judged.filter(({ alike }) => alike >= REQUIRED).map(({ name }) => name);
  const documents = isObject(retrieved) ? retrieved : {};
  const relevant = Object.keys(documents).filter(
    (name) => likeness(read(flat(documents[name])), asked) >= RELEVANT,
  );
  const rationale = judged
    .map(({ name, alike }) => `${name}: ${alike >= REQUIRED ? 'is' : 'is not'} like what was asked`)
    .join('; ');
  return JSON.stringify({ rationale, required, ...('relevant' in properties && { relevant }) });
}
