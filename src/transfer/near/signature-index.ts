import { idBytes, idFromBytes } from '../../model/id.ts';
import { distance, SIGNATURE_WORDS, valueAt } from '../../model/signature.ts';

/** Bands of a signature, each of BAND_BITS bits: two signatures are compared when they agree in one of them. */
export const BANDS = 20;
export const BAND_BITS = 16;
/** So many with a common band are compared at most for one signature: texts from one mould must not make it quadratic. */
export const MOST_COMPARED = 2048;
/** The search ends when so many are found. */
const ENOUGH = 64;
/** So many of the nearest are given for one signature. */
export const MOST_CANDIDATES = 8;

/** Slots of a chunk: a growing index copies nothing. */
const CHUNK_BITS = 12;
const CHUNK = 2 ** CHUNK_BITS;
const ID_BYTES = 16;
const BUCKETS = 2 ** BAND_BITS;

/**
 * Signatures by their bands, in typed arrays: 64 bytes of signature, 84 of chains and 17 of the rest for each, and 5 MiB of
 * bucket heads. Not quadratic: a search looks at 20 buckets, and the newest 2,048 in them at most.
 */
export class SignatureIndex {
  readonly #chunks: Chunk[] = [];
  /** For each band and bucket the newest slot in it, plus 1. */
  readonly #heads = new Int32Array(BANDS * BUCKETS);
  #count = 0;
  #searches = 0;

  get size(): number {
    return this.#count;
  }

  /** Adds a signature and gives its slot. */
  add(id: string, signature: Int32Array): number {
    const slot = this.#count;
    const at = slot & (CHUNK - 1);
    if (at === 0) this.#chunks.push(new Chunk());
    const chunk = this.#chunkOf(slot);
    chunk.signatures.set(signature, at * SIGNATURE_WORDS);
    chunk.ids.set(idBytes(id), at * ID_BYTES);
    for (let band = 0; band < BANDS; band++) {
      const head = band * BUCKETS + bucketOf(signature, band);
      chunk.previous[at * BANDS + band] = valueAt(this.#heads, head);
      this.#heads[head] = slot + 1;
    }
    this.#count += 1;
    return slot;
  }

  /** From now on the slot is near to nothing. The searches that come upon it take it out of its chains. */
  forget(slot: number): void {
    this.#chunkOf(slot).forgotten[slot & (CHUNK - 1)] = 1;
  }

  /** The ids of those with a common band that differ in `limit` bits at most, nearest first, the older one first of equals. */
  search(signature: Int32Array, limit: number): readonly string[] {
    this.#searches += 1;
    const found: { readonly slot: number; readonly bits: number }[] = [];
    let compared = 0;
    for (let band = 0; band < BANDS; band++) {
      // Where the link to the next slot stands.
      let [links, link] = [this.#heads, band * BUCKETS + bucketOf(signature, band)];
      for (;;) {
        const next = valueAt(links, link);
        if (next === 0 || compared >= MOST_COMPARED || found.length >= ENOUGH) break;
        const slot = next - 1;
        const at = slot & (CHUNK - 1);
        const { signatures, previous, seen, forgotten } = this.#chunkOf(slot);
        if (forgotten[at] === 1) {
          links[link] = valueAt(previous, at * BANDS + band);
          continue;
        }
        [links, link] = [previous, at * BANDS + band];
        if (seen[at] === this.#searches) continue;
        seen[at] = this.#searches;
        compared += 1;
        const bits = distance(signature, 0, signatures, at * SIGNATURE_WORDS, limit);
        if (bits <= limit) found.push({ slot, bits });
      }
    }
    if (found.length === 0) return NONE;
    return found
      .sort((a, b) => a.bits - b.bits || a.slot - b.slot)
      .slice(0, MOST_CANDIDATES)
      .map(({ slot }) => this.#idOf(slot));
  }

  #idOf(slot: number): string {
    const start = (slot & (CHUNK - 1)) * ID_BYTES;
    return idFromBytes(this.#chunkOf(slot).ids.subarray(start, start + ID_BYTES));
  }

  #chunkOf(slot: number): Chunk {
    const chunk = this.#chunks[slot >> CHUNK_BITS];
    if (chunk === undefined) throw new RangeError(`no slot ${slot}`);
    return chunk;
  }
}

class Chunk {
  readonly signatures = new Int32Array(CHUNK * SIGNATURE_WORDS);
  /** For each slot and band the slot before it in the same bucket, plus 1; 0 at the end. */
  readonly previous = new Int32Array(CHUNK * BANDS);
  /** For each slot the search that came upon it last. */
  readonly seen = new Uint32Array(CHUNK);
  readonly forgotten = new Uint8Array(CHUNK);
  readonly ids: Buffer = Buffer.alloc(CHUNK * ID_BYTES);
}

const NONE: readonly string[] = [];

function bucketOf(signature: Int32Array, band: number): number {
  const word = valueAt(signature, band >> 1);
  return (band & 1) === 0 ? word & 0xffff : word >>> 16;
}
