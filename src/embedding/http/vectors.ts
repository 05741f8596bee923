import { z } from 'zod';
import { MemportError } from '../../errors.ts';
import { vectorFromBytes } from '../../model/vector.ts';

/** Numbers are checked one by one below: a schema for each of a million would take seconds. */
const ANSWER = z.object({
  data: z.array(
    z.object({
      index: z.int().min(0),
      embedding: z.union([z.string(), z.custom<readonly unknown[]>(Array.isArray)]),
    }),
  ),
});

/**
 * The vectors of an answer of `/v1/embeddings` to `count` texts, in the order of the texts, whichever order the answer has.
 * As numbers or as base64 of little-endian float32. Throws `network` when one is missing, twice there, empty or no vector.
 */
export function readVectors(text: string, count: number, where: string): readonly Float32Array[] {
  const wrong = (what: string): MemportError => new MemportError('network', `${where} answered ${what}`);
  const { data } = parse(text) ?? {};
  if (data === undefined) throw wrong('with something else than embeddings');
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  for (const { index, embedding } of data) {
    if (index >= count) throw wrong(`with a vector for text ${index} of ${count}`);
    if (vectors[index] !== undefined) throw wrong(`with two vectors for text ${index}`);
    const vector = typeof embedding === 'string' ? fromBase64(embedding) : fromNumbers(embedding);
    if (vector === null) throw wrong(`with something that is no vector for text ${index}`);
    vectors[index] = vector;
  }
  const whole = vectors.filter(vector => vector !== undefined);
  if (whole.length < count) throw wrong(`with ${whole.length} vectors for ${count} texts`);
  return whole;
}

function parse(text: string): z.output<typeof ANSWER> | undefined {
  try {
    return ANSWER.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): Float32Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length % 4 === 0 ? finite(vectorFromBytes(bytes)) : null;
}

function fromNumbers(numbers: readonly unknown[]): Float32Array | null {
  const vector = new Float32Array(numbers.length);
  for (const [i, value] of numbers.entries()) {
    if (typeof value !== 'number') return null;
    vector[i] = value;
  }
  return finite(vector);
}

function finite(vector: Float32Array): Float32Array | null {
  return vector.length > 0 && vector.every(Number.isFinite) ? vector : null;
}
