import type { Asking, DriveTurn } from '../../contracts/drive.ts';
import type { JsonObject } from '../../contracts/json.ts';

/** What an agent is given for a message, after the turns before it. A turn without an answer has only its message. */
export function turnInputs({
  asking: { field, before, more },
  message,
  turns,
}: {
  readonly asking: Asking;
  readonly message: string;
  readonly turns: readonly Pick<DriveTurn, 'message' | 'outputs'>[];
}): JsonObject {
  const earlier =
    before === null || turns.length === 0
      ? {}
      : {
          [before.field]:
            before.as === 'messages' ? turns.map((turn) => turn.message) : turns.flatMap(bothSides),
        };
  return { ...more, ...earlier, [field]: message };
}

const bothSides = ({ message, outputs }: Pick<DriveTurn, 'message' | 'outputs'>): JsonObject[] => [
  { role: 'user', content: message },
  ...(outputs === null ? [] : [{ role: 'assistant', content: answerText(outputs) }]),
];

/** An answer as a person reads it: the text where it is one text, else JSON. */
export function answerText(outputs: JsonObject): string {
  const values = Object.values(outputs);
  return values.length === 1 && typeof values[0] === 'string'
    ? values[0]
    : JSON.stringify(outputs, null, 2);
}
