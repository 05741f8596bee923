import { MemportError } from '../../../errors.ts';
import type { ContentDigest } from '../../../model/digest.ts';
import { LINE_SEPARATOR } from '../../../model/digest.ts';
import { isLonger, MAX_RECORD_BYTES } from '../../../model/limits.ts';
import type { RecordKind } from '../../../model/record.ts';
import { recordTooLong } from '../../record-too-long.ts';
import { Scratch } from '../scratch.ts';
import type { MemberWriter } from '../tar/member-writer.ts';
import { CLOSING, type RecordArray } from './record-files.ts';
import { recordId } from './record-id.ts';

const SEPARATOR = Buffer.from(LINE_SEPARATOR);

/** Where the lines of a kind are digested. */
export interface LineDigest {
  readonly content: ContentDigest;
  readonly kind: RecordKind;
}

/** Writes a file of record arrays (record-files.ts) into a tar member, page after page, array after array. */
export class RecordWriter {
  readonly member: MemberWriter;
  readonly #arrays: readonly RecordArray[];
  readonly #scratch = new Scratch();
  #array = -1;
  #count = 0;

  constructor(member: MemberWriter, arrays: readonly RecordArray[]) {
    this.member = member;
    this.#arrays = arrays;
  }

  /** Ends the array before, if there is one, which must have as many records as was announced. */
  async nextArray(): Promise<void> {
    const before = this.#arrays[this.#array];
    if (before !== undefined) this.#checkCount(before);
    this.#array += 1;
    const opening = this.#arrays[this.#array]?.opening ?? CLOSING;
    await this.member.write(
      Buffer.from(`${before !== undefined && this.#count > 0 ? '\n' : ''}${opening}\n`),
    );
    this.#count = 0;
  }

  /** Ends the last array and the file. */
  async end(): Promise<void> {
    while (this.#array < this.#arrays.length) await this.nextArray();
  }

  /** Adds canonical lines to the array, and to the digest of their kind where they belong to one. */
  async lines(lines: readonly string[], digest: LineDigest | null): Promise<void> {
    if (lines.length === 0) return;
    const long = lines.find(line => isLonger(line, MAX_RECORD_BYTES));
    if (long !== undefined) throw tooLong(Buffer.from(long));
    const bytes = this.#scratch.text((this.#count === 0 ? '' : LINE_SEPARATOR) + lines.join(LINE_SEPARATOR));
    await this.#add(bytes, lines.length, digest);
  }

  /** Adds so many canonical lines as they stand in the file, LINE_SEPARATOR in between. */
  async run(bytes: Uint8Array, count: number, digest: LineDigest): Promise<void> {
    if (bytes.length > MAX_RECORD_BYTES)
      checkLengths(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (this.#count > 0) await this.#add(SEPARATOR, 0, digest);
    await this.#add(bytes, count, digest);
  }

  async #add(bytes: Uint8Array, count: number, digest: LineDigest | null): Promise<void> {
    this.#count += count;
    digest?.content.bytes(digest.kind, bytes, count);
    await this.member.write(bytes);
  }

  #checkCount(array: RecordArray): void {
    if (this.#count !== array.count)
      throw new MemportError(
        'integrity',
        `${this.#count} ${array.name} were given where ${array.count} were announced: the store is not what it says`,
      );
  }
}

/** Throws where one of these lines is longer than a reader takes. */
function checkLengths(lines: Buffer): void {
  for (let at = 0; at < lines.length; ) {
    const found = lines.indexOf(SEPARATOR, at);
    const end = found === -1 ? lines.length : found;
    if (end - at > MAX_RECORD_BYTES) throw tooLong(lines.subarray(at, end));
    at = end + SEPARATOR.length;
  }
}

function tooLong(line: Buffer): MemportError {
  return recordTooLong(recordId(line.toString('latin1')) ?? 'without an id');
}
