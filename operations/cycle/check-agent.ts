import { getAgent } from '../../db/versions/agents.ts';
import type { Db } from '../../db/connect.ts';
import { type Fault, InvalidInputError } from '../../contracts/invalid-input.ts';
import type { PlacedSpec } from './inputs.ts';

/** The agent is one that a worker has declared, or stands in the spec, and asks for every prompt to be optimized. @throws InvalidInputError | NotFoundError */
export async function checkAgent(db: Db, project: string, { spec, at }: PlacedSpec): Promise<void> {
  const { agent } = spec;
  const asked =
    typeof agent === 'string'
      ? (await getAgent(db, { project, name: agent })).prompts
      : [agent.prompt];
  const name = typeof agent === 'string' ? agent : agent.name;
  const faults = Object.keys(spec.prompts)
    .filter((prompt) => !asked.includes(prompt))
    .map((prompt): Fault => ({
      at: at(['prompts', prompt]),
      message: `prompts.${prompt}: agent \`${name}\` does not ask for it (it asks for ${asked.join(', ')})`,
    }));
  if (faults.length > 0) throw new InvalidInputError(faults);
}
