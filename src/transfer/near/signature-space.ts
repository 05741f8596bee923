import { SIGNATURE_WORDS, Signer } from '../../model/signature.ts';
import { SignatureIndex } from './signature-index.ts';

/** Vectors that are to be added to a space, one after the other. */
export interface VectorBatch {
  readonly ids: readonly string[];
  /** All of them, one behind the other. */
  readonly vectors: Float32Array;
  /** The places of those for which candidates are looked for among all before them. */
  readonly wanted: ReadonlySet<number>;
}

/** The candidates of the vector at a place of a batch; none has its own id. */
export interface Found {
  readonly at: number;
  readonly ids: readonly string[];
}

/** The signatures of vectors of one model and dimension. */
export class SignatureSpace {
  readonly #signer: Signer;
  readonly #index = new SignatureIndex();
  readonly #signature = new Int32Array(SIGNATURE_WORDS);

  constructor(dimensions: number) {
    this.#signer = new Signer(dimensions);
  }

  /** `limit`: in how many bits candidates differ at most. */
  take({ ids, vectors, wanted }: VectorBatch, limit: number): readonly Found[] {
    const { dimensions } = this.#signer;
    const found: Found[] = [];
    for (const [at, id] of ids.entries()) {
      this.#signer.sign(vectors.subarray(at * dimensions, (at + 1) * dimensions), this.#signature, 0);
      if (wanted.has(at)) {
        const candidates = this.#index.search(this.#signature, limit).filter(other => other !== id);
        if (candidates.length > 0) found.push({ at, ids: candidates });
      }
      this.#index.add(id, this.#signature);
    }
    return found;
  }

  /** From now on nothing is near to the one that was added last. */
  forgetLast(): void {
    this.#index.forget(this.#index.size - 1);
  }
}
