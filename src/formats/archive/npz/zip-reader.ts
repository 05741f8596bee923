import { crc32, createInflateRaw } from 'node:zlib';
import { ByteReader } from '../container/byte-reader.ts';
import { damaged } from '../damage.ts';
import type { MemberReader } from '../tar/member-reader.ts';
import { checkCentralDirectory } from './zip-directory.ts';
import {
  DESCRIPTOR_SIGNATURE,
  FLAG_DESCRIPTOR,
  LOCAL_SIGNATURE,
  LOCAL_SIZE,
  type ReadEntry,
  readZip64,
} from './zip-format.ts';

interface OpenEntry {
  readonly name: string;
  readonly method: number;
  readonly hasDescriptor: boolean;
  readonly isZip64: boolean;
  readonly declared: { readonly size: number; readonly packedSize: number; readonly crc: number };
  readonly offset: number;
  readonly dataStart: number;
  readonly data: Pick<ByteReader, 'some' | 'exactly'>;
}

const STORED = 0;
const DEFLATED = 8;
/** Data descriptor, and that names are UTF-8. */
const KNOWN_FLAGS = FLAG_DESCRIPTOR | 0x800;
/** Deflate can't do better. */
const MAX_INFLATION = 1100;
const MAX_DIRECTORY = 1024 * 1024;

/**
 * Reads a zip as it streams by: the caller says which entries it expects, in order, and reads the data of each. Every
 * checksum and size is proven, and that the central directory says the same. Throws `integrity`.
 */
export class ZipReader {
  readonly #member: MemberReader;
  readonly #entries: ReadEntry[] = [];
  #open: OpenEntry | null = null;
  #crc = 0;
  #size = 0;

  constructor(member: MemberReader) {
    this.#member = member;
  }

  /** Place in the tar of the next byte of the entry, where it is stored. */
  get offset(): number {
    return this.#member.offset;
  }

  /** `size` is that of the data, where it is known beforehand. */
  async begin(name: string): Promise<{ readonly isStored: boolean; readonly size: number | null }> {
    const offset = this.#member.size - this.#member.remaining;
    const header = await this.#member.exactly(LOCAL_SIZE);
    if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw this.#odd(`lacks ${name}`);
    const found = (await this.#member.exactly(header.readUInt16LE(26))).toString('utf8');
    const extra = await this.#member.exactly(header.readUInt16LE(28));
    const flags = header.readUInt16LE(6);
    const method = header.readUInt16LE(8);
    if (found !== name) throw this.#odd(`lacks ${name}, or has it in another place`);
    if ((flags & ~KNOWN_FLAGS) !== 0 || (method !== STORED && method !== DEFLATED))
      throw this.#odd('is packed in a way that is not read');
    const { values, isZip64 } = readZip64(extra, [header.readUInt32LE(22), header.readUInt32LE(18)]);
    const [size = 0, packedSize = 0] = values;
    const hasDescriptor = (flags & FLAG_DESCRIPTOR) !== 0;
    if (method === DEFLATED && hasDescriptor) throw this.#odd('does not say how long its data is');
    if (!hasDescriptor && (packedSize > this.#member.remaining || size > packedSize * MAX_INFLATION))
      throw this.#odd('says that it is larger than it can be');
    this.#crc = 0;
    this.#size = 0;
    this.#open = {
      name,
      method,
      hasDescriptor,
      isZip64,
      declared: { size, packedSize, crc: header.readUInt32LE(14) },
      offset,
      dataStart: this.#member.remaining,
      data: method === STORED ? this.#member : new ByteReader(this.#inflated(packedSize)),
    };
    return { isStored: method === STORED, size: hasDescriptor ? null : size };
  }

  async some(limit: number): Promise<Buffer> {
    const piece = await this.#open?.data.some(limit);
    if (!piece) throw this.#odd('ends too early');
    return this.#count(piece);
  }

  async exactly(length: number): Promise<Buffer> {
    if (this.#open === null) throw this.#odd('ends too early');
    return this.#count(await this.#open.data.exactly(length));
  }

  /** The entry's data is read: proves its checksum and sizes. */
  async end(): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    if (open.method === DEFLATED && (await open.data.some(1)) !== null)
      throw this.#odd('is longer than it must be');
    const packedSize = open.dataStart - this.#member.remaining;
    const declared = open.hasDescriptor ? await this.#descriptor(open.isZip64) : open.declared;
    if (declared.crc !== this.#crc || declared.size !== this.#size || declared.packedSize !== packedSize)
      throw this.#odd(`does not match the checksum or length of ${open.name}`);
    const { name, method, offset } = open;
    this.#entries.push({ name, method, size: this.#size, packedSize, crc: this.#crc, offset });
    this.#open = null;
  }

  /** Reads the rest of the zip, which must be its directory. */
  async finish(): Promise<void> {
    if (this.#member.remaining > MAX_DIRECTORY) throw this.#odd('holds more than it must');
    const offset = this.#member.size - this.#member.remaining;
    const directory = await this.#member.exactly(this.#member.remaining);
    if (!checkCentralDirectory(directory, offset, this.#entries)) throw this.#odd('has a wrong directory');
  }

  #count(piece: Buffer): Buffer {
    this.#crc = crc32(piece, this.#crc);
    this.#size += piece.length;
    return piece;
  }

  async #descriptor(isZip64: boolean): Promise<OpenEntry['declared']> {
    const bytes = await this.#member.exactly(isZip64 ? 24 : 16);
    if (bytes.readUInt32LE(0) !== DESCRIPTOR_SIGNATURE) throw this.#odd('is damaged after an array');
    const packedSize = isZip64 ? Number(bytes.readBigUInt64LE(8)) : bytes.readUInt32LE(8);
    const size = isZip64 ? Number(bytes.readBigUInt64LE(16)) : bytes.readUInt32LE(12);
    return { crc: bytes.readUInt32LE(4), packedSize, size };
  }

  async *#inflated(packedSize: number): AsyncGenerator<Buffer> {
    const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
    const feed = this.#feed(inflate, packedSize);
    feed.catch(error => inflate.destroy(error instanceof Error ? error : new Error(String(error))));
    try {
      yield* inflate;
    } catch (error) {
      throw damaged(`${this.#member.name} can not be inflated: the archive is damaged.`, error);
    } finally {
      inflate.destroy();
    }
    if (inflate.bytesWritten !== packedSize) throw this.#odd('holds more than its data');
  }

  async #feed(inflate: ReturnType<typeof createInflateRaw>, packedSize: number): Promise<void> {
    for (let missing = packedSize; missing > 0; ) {
      const piece = await this.#member.some(missing);
      if (piece === null) throw this.#odd('ends too early');
      missing -= piece.length;
      // A copy: another thread reads it, also when the next piece is asked for.
      if (!inflate.write(Buffer.from(piece))) await new Promise(resolve => inflate.once('drain', resolve));
    }
    inflate.end();
  }

  #odd(what: string) {
    return damaged(`${this.#member.name} ${what}.`);
  }
}
