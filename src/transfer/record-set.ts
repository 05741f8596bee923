import { createHash } from 'node:crypto';
import type { RecordKind } from '../model/record.ts';

/**
 * A digest of records that come in any order, each once: equal sets, equal digest. It tells what was read back from what was
 * written where a format does not keep the order of ids; between files and stores the content digest (model/digest.ts) does.
 */
export class RecordSet {
  #sums = new Uint32Array(8);
  #count = 0;

  add(kind: RecordKind, line: string): void {
    const digest = createHash('sha256').update(`${kind}\n`).update(line).digest();
    this.#sums = this.#sums.map((sum, i) => sum + digest.readUInt32LE(4 * i));
    this.#count += 1;
  }

  finish(): string {
    return `${this.#count} ${Buffer.from(this.#sums.buffer).toString('hex')}`;
  }
}
