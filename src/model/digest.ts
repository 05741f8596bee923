import { createHash } from 'node:crypto';
import { Sha256 } from '../sha256.ts';
import { RECORD_KINDS, type RecordKind } from './record.ts';

/** What stands between two record lines in a file, and so in the bytes that the digest covers. */
export const LINE_SEPARATOR = ',\n';

/**
 * The content digest: equal data, equal digest, whatever the machine, the date or the order of rows.
 *
 * It is the sha256 of a short text. Its first line is `memport content digest 1`; then for `memory` and for `code_unit`
 * a line `<kind> <count> <sha256 of the canonical record lines, sorted by id, with ",\n" between them>`, each followed,
 * for every model and dimension that vectors have, sorted by the model's JSON spelling and then the dimension, by
 * `<kind>-vectors <model as JSON> <dimensions> <count> <sha256 of the ids' text> <sha256 of the float32 bytes>`, ids and
 * vectors sorted by id and without separators. Every line ends with `\n`. Tombstones and projects are not in it.
 */
export class ContentDigest {
  readonly #records = new Map<RecordKind, { readonly hash: Sha256; count: number }>();
  readonly #vectors = new Map<string, VectorDigest>();
  readonly #about: number;

  /** `about`: how many bytes of records and vectors are expected. */
  constructor(about = 0) {
    this.#about = about;
  }

  /** Record lines in ascending order of id, page after page. */
  lines(kind: RecordKind, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const first = this.recordCount(kind) === 0;
    this.bytes(kind, Buffer.from((first ? '' : LINE_SEPARATOR) + lines.join(LINE_SEPARATOR)), lines.length);
  }

  /** As `lines`, with the bytes as they stand in a file: separators included, also the one before a page that is not the first. */
  bytes(kind: RecordKind, bytes: Uint8Array, count: number): void {
    const part = this.#records.get(kind) ?? { hash: new Sha256(this.#about), count: 0 };
    part.hash.update(bytes);
    part.count += count;
    this.#records.set(kind, part);
  }

  recordCount(kind: RecordKind): number {
    return this.#records.get(kind)?.count ?? 0;
  }

  /** The part for the vectors of one model and dimension. */
  vectors(kind: RecordKind, model: string | null, dimensions: number): VectorDigest {
    const key = JSON.stringify([kind, JSON.stringify(model), dimensions]);
    const part = this.#vectors.get(key) ?? new VectorDigest(kind, model, dimensions, this.#about);
    this.#vectors.set(key, part);
    return part;
  }

  /** `sha256:` and 64 hexadecimal digits. Ends the digest. */
  finish(): string {
    const text = ['memport content digest 1'];
    for (const kind of RECORD_KINDS) {
      const part = this.#records.get(kind) ?? { hash: new Sha256(), count: 0 };
      text.push(`${kind} ${part.count} ${part.hash.digest()}`);
      const groups = [...this.#vectors.values()].filter(group => group.kind === kind && group.count > 0);
      text.push(...groups.sort(byModel).map(group => group.line()));
    }
    return `sha256:${createHash('sha256')
      .update(`${text.join('\n')}\n`)
      .digest('hex')}`;
  }
}

/** The digest over the vectors of one kind, model and dimension, fed in ascending order of id. */
export class VectorDigest {
  readonly kind: RecordKind;
  readonly model: string | null;
  readonly dimensions: number;
  #count = 0;
  readonly #ids = new Sha256();
  readonly #data: Sha256;

  constructor(kind: RecordKind, model: string | null, dimensions: number, about: number) {
    this.#data = new Sha256(about);
    this.kind = kind;
    this.model = model;
    this.dimensions = dimensions;
  }

  get count(): number {
    return this.#count;
  }

  /** The ids' text, 36 bytes each. */
  ids(bytes: Uint8Array): void {
    this.#ids.update(bytes);
    this.#count += bytes.length / 36;
  }

  /** Little-endian float32, `dimensions` to a vector. */
  data(bytes: Uint8Array): void {
    this.#data.update(bytes);
  }

  line(): string {
    const hashes = `${this.#ids.digest()} ${this.#data.digest()}`;
    return `${this.kind}-vectors ${JSON.stringify(this.model)} ${this.dimensions} ${this.#count} ${hashes}`;
  }
}

function byModel(a: VectorDigest, b: VectorDigest): number {
  const [left, right] = [JSON.stringify(a.model), JSON.stringify(b.model)];
  return left === right ? a.dimensions - b.dimensions : left < right ? -1 : 1;
}
