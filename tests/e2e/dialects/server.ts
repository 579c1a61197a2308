import { createHash } from 'node:crypto';
import { answer } from '../../../practice/chat.ts';
import { readChat } from '../../../practice/request.ts';
import { type Behaviour, type Impolite, impoliteServer, J } from '../../llm/openai/impolite.ts';
import { PROFILES } from './profiles.ts';

/** A server of all profiles: the model `PROFILE/practice-judge` is the practice model as that provider would serve it. */
export async function dialectServer(): Promise<Impolite> {
  const seen = new Map<string, number>();
  const models = ['practice-agent', 'practice-judge', 'practice-reflector'];
  const behaviours = Object.entries(PROFILES).flatMap(([name, profile]) =>
    models.map((model): [string, Behaviour] => [
      `${name}/${model}`,
      (body) => {
        const refusal = profile.refuses?.(body) ?? null;
        if (refusal !== null) return refusal;
        const asked = { ...(profile.asked?.(body) ?? body), model } as object;
        const hash = createHash('sha256').update(J(body['messages'])).digest().readUInt32BE(0);
        const key = `${name}/${hash}`;
        const n = (seen.get(key) ?? 0) + 1;
        seen.set(key, n);
        const { content, call } = answer(readChat(asked));
        return profile.answers({
          text: content,
          calls: call === null ? null : [callOf(call, hash)],
          body,
          n,
          draft: turned(content),
          oneIn: (many) => hash % many === 0,
        });
      },
    ]),
  );
  return impoliteServer(Object.fromEntries(behaviours));
}

const callOf = (call: { readonly name: string; readonly arguments: unknown }, hash: number) => ({
  id: `call_${hash}`,
  type: 'function',
  function: { name: call.name, arguments: J(call.arguments) },
});

const turned = (text: string): string =>
  text.replace(
    /"value":\s*(true|false)/,
    (_, value) => `"value":${value === 'true' ? 'false' : 'true'}`,
  );
