import { type Behaviour, verdict } from '../impolite.ts';

export type Case = {
  readonly does: Behaviour;
  /** Value, or a word of the error. */
  readonly right: boolean | RegExp;
  readonly kind?: string;
  /** Requests in all. */
  readonly requests: number;
  readonly output?: number;
};

export const draft = verdict(true, 'draft');
export const final = verdict(false, 'final');
export const cut = { choice: { finish_reason: 'length' } };
export const part = (type: string, text: string) => ({
  type,
  [type === 'text' ? 'text' : type]: type === 'thinking' ? [{ type: 'text', text }] : text,
});
