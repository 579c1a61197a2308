import { unit } from './hash.ts';
import { isObject, RequestError } from './request.ts';
import { read, trigramsOf } from './text.ts';

const DIMENSION = 256;

export type EmbeddingRequest = {
  readonly model: string;
  readonly texts: readonly string[];
  readonly dimension: number;
  readonly base64: boolean;
};

/** Reads an embeddings body. Throws RequestError, naming the field. */
export function readEmbedding(body: unknown): EmbeddingRequest {
  if (!isObject(body)) throw new RequestError('the body must be a JSON object');
  const { model, input, dimensions, encoding_format: encoding } = body;
  if (typeof model !== 'string') throw new RequestError('`model` must be a string');
  const texts = typeof input === 'string' ? [input] : input;
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    throw new RequestError('`input` must be a text or a list of texts');
  const dimension = dimensions ?? DIMENSION;
  if (
    typeof dimension !== 'number' ||
    !Number.isInteger(dimension) ||
    dimension < 1 ||
    dimension > 4096
  )
    throw new RequestError('`dimensions` must be a whole number from 1 to 4096');
  return { model, texts, dimension, base64: encoding === 'base64' };
}

/** Unit vector of hashed stems and trigrams. */
export function embed(text: string, dimension: number): Float32Array {
  const vector = new Float32Array(dimension);
  const { stems, words } = read(text);
  for (const feature of [...stems, ...words.flatMap(trigramsOf)]) {
    const spot = unit(feature) * dimension * 2;
    vector[Math.floor(spot / 2)]! += Math.floor(spot) % 2 === 0 ? 1 : -1;
  }
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0)) || 1;
  return vector.map((x) => x / length);
}
