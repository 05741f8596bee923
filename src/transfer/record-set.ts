import { RECORD_KINDS, type RecordKind } from '../model/record.ts';

/** Of 32 bits, in a sha256. */
const WORDS = 8;

/**
 * A digest of records that come in any order, each once: equal sets, equal digest. It tells what was read back from what was
 * written where a format does not keep the order of ids; between files and stores the content digest (model/digest.ts) does.
 */
export class RecordSet {
  readonly #sums: Readonly<Record<RecordKind, Uint32Array>> = {
    memory: new Uint32Array(WORDS),
    code_unit: new Uint32Array(WORDS),
  };
  readonly #counts: Record<RecordKind, number> = { memory: 0, code_unit: 0 };

  /** `sha256`: of the record's canonical line, hexadecimal. */
  add(kind: RecordKind, sha256: string): void {
    const sums = this.#sums[kind];
    const digest = Buffer.from(sha256, 'hex');
    for (const [i, sum] of sums.entries()) sums[i] = sum + digest.readUInt32LE(4 * i);
    this.#counts[kind] += 1;
  }

  finish(): string {
    return RECORD_KINDS.map(kind => `${this.#counts[kind]} ${hexOf(this.#sums[kind])}`).join(' ');
  }
}

function hexOf(words: Uint32Array): string {
  return Buffer.from(words.buffer).toString('hex');
}
