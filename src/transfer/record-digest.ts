import { ContentDigest } from '../model/digest.ts';
import type { RecordKind } from '../model/record.ts';
import { vectorBytes } from '../model/vector.ts';

/** The content digest of records that come one by one with their vectors, each kind in ascending order of id. */
export class RecordDigest {
  readonly #digest = new ContentDigest();

  add(kind: RecordKind, record: LabelledRecord): void {
    const { id, line, model, vector } = record;
    this.#digest.lines(kind, [line]);
    if (vector === null) return;
    const part = this.#digest.vectors(kind, model, vector.length);
    part.ids(Buffer.from(id));
    part.data(vectorBytes(vector));
  }

  finish(): string {
    return this.#digest.finish();
  }
}

export interface LabelledRecord {
  readonly id: string;
  readonly line: string;
  readonly model: string | null;
  readonly vector: Float32Array | null;
}
