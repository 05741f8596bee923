import { distance, SIGNATURE_WORDS } from './signature.ts';

/** Bands of a signature, each of BAND_BITS bits: two signatures are compared when they agree in one of them. */
export const BANDS = 20;
export const BAND_BITS = 16;
/** So many with a common band are compared at most for one signature: texts from one mould must not make it quadratic. */
export const MOST_COMPARED = 2048;
/** The search ends when so many are found. */
const ENOUGH = 64;
/** So many of the nearest are given for one signature. */
export const MOST_CANDIDATES = 8;

const FIRST_CAPACITY = 1024;
const ID_BYTES = 36;
const BUCKETS = 2 ** BAND_BITS;

export interface Candidate {
  readonly id: string;
  readonly slot: number;
}

/**
 * Signatures by their bands, in typed arrays: 64 bytes of signature, 80 of chains and 36 of id for each, and 5 MiB of
 * bucket heads. Not quadratic: a search looks at 20 buckets, and the newest 2,048 in them at most.
 */
export class SignatureIndex {
  #signatures = new Int32Array(FIRST_CAPACITY * SIGNATURE_WORDS);
  /** For each slot and band the slot before it in the same bucket, plus 1; 0 at the end. */
  #previous = new Int32Array(FIRST_CAPACITY * BANDS);
  /** For each band and bucket the newest slot in it, plus 1. */
  readonly #heads = new Int32Array(BANDS * BUCKETS);
  /** For each slot the search that came upon it last. */
  #seen = new Uint32Array(FIRST_CAPACITY);
  #ids = Buffer.alloc(FIRST_CAPACITY * ID_BYTES);
  #count = 0;
  #searches = 0;

  get size(): number {
    return this.#count;
  }

  /** Adds a signature and gives its slot. */
  add(id: string, signature: Int32Array): number {
    const slot = this.#count;
    if (slot === this.#seen.length) this.#grow();
    this.#signatures.set(signature, slot * SIGNATURE_WORDS);
    this.#ids.write(id, slot * ID_BYTES, ID_BYTES, 'latin1');
    for (let band = 0; band < BANDS; band++) {
      const head = band * BUCKETS + bucketOf(signature, band);
      this.#previous[slot * BANDS + band] = this.#heads[head] ?? 0;
      this.#heads[head] = slot + 1;
    }
    this.#count += 1;
    return slot;
  }

  /** From now on the slot is near to nothing. */
  forget(slot: number): void {
    // Chains stay as they are; the opposite of what it was agrees with nothing that led to it.
    const start = slot * SIGNATURE_WORDS;
    for (let word = start; word < start + SIGNATURE_WORDS; word++)
      this.#signatures[word] = ~(this.#signatures[word] ?? 0);
  }

  /** Those with a common band that differ in `limit` bits at most, nearest first, the older one first of equals. */
  search(signature: Int32Array, limit: number): readonly Candidate[] {
    this.#searches += 1;
    const found: { readonly slot: number; readonly bits: number }[] = [];
    let compared = 0;
    for (let band = 0; band < BANDS; band++) {
      let next = this.#heads[band * BUCKETS + bucketOf(signature, band)] ?? 0;
      while (next !== 0 && compared < MOST_COMPARED && found.length < ENOUGH) {
        const slot = next - 1;
        next = this.#previous[slot * BANDS + band] ?? 0;
        if (this.#seen[slot] === this.#searches) continue;
        this.#seen[slot] = this.#searches;
        compared += 1;
        const bits = distance(signature, 0, this.#signatures, slot * SIGNATURE_WORDS, limit);
        if (bits <= limit) found.push({ slot, bits });
      }
    }
    if (found.length === 0) return NONE;
    return found
      .sort((a, b) => a.bits - b.bits || a.slot - b.slot)
      .slice(0, MOST_CANDIDATES)
      .map(({ slot }) => ({ slot, id: this.#idOf(slot) }));
  }

  #idOf(slot: number): string {
    return this.#ids.toString('latin1', slot * ID_BYTES, (slot + 1) * ID_BYTES);
  }

  #grow(): void {
    const capacity = this.#seen.length * 2;
    this.#signatures = grown(this.#signatures, new Int32Array(capacity * SIGNATURE_WORDS));
    this.#previous = grown(this.#previous, new Int32Array(capacity * BANDS));
    this.#seen = grown(this.#seen, new Uint32Array(capacity));
    this.#ids = grown(this.#ids, Buffer.alloc(capacity * ID_BYTES));
  }
}

const NONE: readonly Candidate[] = [];

function bucketOf(signature: Int32Array, band: number): number {
  const word = signature[band >> 1] ?? 0;
  return (band & 1) === 0 ? word & 0xffff : word >>> 16;
}

function grown<T extends Int32Array | Uint32Array | Buffer>(from: T, to: T): T {
  to.set(from);
  return to;
}
