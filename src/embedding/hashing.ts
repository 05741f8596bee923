import { setImmediate } from 'node:timers/promises';
import type { Embedder } from './embedder.ts';
import { FeatureCounts, featureWeight } from './features.ts';
import { fold, MAX_READ } from './fold.ts';

export const HASHING_MODEL = 'memport-hash-384-v1';
const DIMENSIONS = 384;
/** Characters between two chances for other work, and for the signal. */
const BREATH = 200_000;

/**
 * The embedder that needs no model and no network: words and parts of words, hashed into signed buckets. It sees shared
 * words and spellings, in any script, and not meaning. Every vector has unit length; the same text gives the same bits on
 * every machine and in every version: a change is a new model name. Only the first 100,000 characters of a text count.
 * A text without a word gets the one vector that no other feature touches.
 */
export function hashingEmbedder(): Embedder & { readonly dimensions: number } {
  return { model: HASHING_MODEL, dimensions: DIMENSIONS, embed };
}

async function embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
  signal?.throwIfAborted();
  const features = new FeatureCounts();
  const vectors: Float32Array[] = [];
  let read = 0;
  for (const text of texts) {
    vectors.push(embedText(text, features));
    read += Math.min(text.length, MAX_READ);
    if (read < BREATH) continue;
    read = 0;
    await setImmediate();
    signal?.throwIfAborted();
  }
  return vectors;
}

/** All sums are whole numbers, so that no order of adding and no rounding of a machine can change them. */
function embedText(text: string, features: FeatureCounts): Float32Array {
  const sums = new Float64Array(DIMENSIONS);
  features.each(fold(text), (hash, kind, count) => {
    // The first bucket stays free for texts without features.
    const bucket = 1 + ((hash >>> 3) % (DIMENSIONS - 1));
    const weight = featureWeight(kind) * sublinear(count);
    sums[bucket] = (sums[bucket] ?? 0) + ((hash & 4) === 0 ? weight : -weight);
  });
  const length = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) return Float32Array.of(1, ...new Float32Array(DIMENSIONS - 1));
  return Float32Array.from(sums, value => value / length);
}

/** 256 × (1 + ln count) in whole numbers, the logarithm drawn straight between powers of two: Math.log may differ between machines. */
function sublinear(count: number): number {
  const power = 31 - Math.clz32(count);
  const log2 = 256 * power + Math.floor((count * 256) / 2 ** power) - 256;
  return 256 + Math.floor((177 * log2) / 256);
}
