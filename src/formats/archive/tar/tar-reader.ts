import { printable } from '../../printable.ts';
import type { ByteReader } from '../container/byte-reader.ts';
import { damaged } from '../damage.ts';
import { MemberReader } from './member-reader.ts';
import { decodeTarHeader, TAR_BLOCK, type TarHeader } from './tar-header.ts';

const MAX_PAX_BYTES = 64 * 1024;
/** GNU tar's largest common blocking, as the padding behind the end. */
const MAX_END_BYTES = 1024 * 1024;
const MAX_FOLDERS = 16;
/** One is what a program writes. */
const MAX_GLOBAL_HEADERS = 16;
/** From here on ustar's octal digits don't suffice, and pax says the size. */
const LARGE_SIZE = 8 * 1024 ** 3;
/** What decides where and what a member is. */
const OVERRIDES: readonly string[] = ['path', 'size', 'linkpath'];
const HARMLESS_PAX_KEYS = /^(?:[acm]time|comment|[ug]id|[ug]name|(?:LIBARCHIVE|SCHILY)\.[\w.:-]+)$/;

export interface TarOptions {
  /** Whether the end must be two zero blocks and no more, rather than padded as other programs do. */
  readonly exactEnd: boolean;
}

/**
 * Reads a tar stream strictly, one regular file after the other. Folders are passed over. Anything that could make a
 * reader write or read elsewhere – links, devices, absolute names, `..`, sparse files, names from other headers – and
 * anything that is not tar throws `integrity`.
 */
export class TarReader {
  readonly #reader: ByteReader;
  readonly #options: TarOptions;
  #member: MemberReader | null = null;
  #folders = 0;
  #globals = 0;

  constructor(reader: ByteReader, options: TarOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  /** The next regular file, or null at the end of the archive, which is then proven to be the end of the stream. */
  async next(): Promise<MemberReader | null> {
    await this.#finishMember();
    let pax: ReadonlyMap<string, string> | null = null;
    for (;;) {
      const block = await this.#reader.exactly(TAR_BLOCK);
      if (isZero(block)) {
        if (pax !== null) throw damaged('The archive ends after the header of a member that is not there.');
        await this.#end();
        return null;
      }
      const header = decodeTarHeader(block);
      if (header.type === 'g') {
        this.#globals += 1;
        if (this.#globals > MAX_GLOBAL_HEADERS) throw damaged('The archive holds too many extended headers.');
        checkGlobal(await this.#readPax(header));
        continue;
      }
      if (header.type === 'x') {
        if (pax !== null) throw damaged('The archive holds two extended headers in a row.');
        pax = await this.#readPax(header);
        continue;
      }
      checkName(header.name);
      checkOverrides(header, pax ?? new Map());
      if (header.type === '5') {
        this.#passFolder(header);
        pax = null;
        continue;
      }
      this.#member = new MemberReader(header.name, memberSize(header, pax ?? new Map()), this.#reader);
      return this.#member;
    }
  }

  async #finishMember(): Promise<void> {
    const member = this.#member;
    if (member === null) return;
    if (member.remaining > 0) throw damaged(`${member.name} is longer than it must be.`);
    const padding = await this.#reader.exactly((TAR_BLOCK - (member.size % TAR_BLOCK)) % TAR_BLOCK);
    if (!isZero(padding)) throw damaged(`The archive is damaged after ${member.name}.`);
    this.#member = null;
  }

  #passFolder(header: TarHeader): void {
    this.#folders += 1;
    if (header.size !== 0 || this.#folders > MAX_FOLDERS)
      throw damaged('The archive holds folders that do not belong to it.');
  }

  async #readPax(header: TarHeader): Promise<ReadonlyMap<string, string>> {
    if (header.size > MAX_PAX_BYTES) throw damaged('The archive holds an extended header that is too large.');
    const text = (await this.#reader.exactly(header.size)).toString('utf8');
    const padding = await this.#reader.exactly((TAR_BLOCK - (header.size % TAR_BLOCK)) % TAR_BLOCK);
    if (!isZero(padding)) throw damaged('The archive is damaged after an extended header.');
    return parsePax(text);
  }

  async #end(): Promise<void> {
    let zeros = TAR_BLOCK;
    for (;;) {
      const piece = await this.#reader.some(TAR_BLOCK);
      if (piece === null) break;
      zeros += piece.length;
      if (!isZero(piece) || zeros > (this.#options.exactEnd ? 2 * TAR_BLOCK : MAX_END_BYTES))
        throw damaged('Something was appended to the archive.');
    }
    if (zeros < 2 * TAR_BLOCK) throw damaged('The archive has no proper end: it is truncated.');
  }
}

function memberSize(header: TarHeader, pax: ReadonlyMap<string, string>): number {
  if ((header.type !== '0' && header.type !== '\0') || header.linkName !== '')
    throw damaged(
      `${printable(header.name)} is a link, a device or another thing that is not a regular file.`,
    );
  const text = pax.get('size');
  if (text === undefined) return header.size;
  const size = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (size !== header.size && !(size >= LARGE_SIZE)) throw damaged(overridden(printable(header.name)));
  return size;
}

function checkGlobal(records: ReadonlyMap<string, string>): void {
  if (OVERRIDES.some(key => records.has(key))) throw damaged(overridden('every member'));
}

function checkOverrides(header: TarHeader, pax: ReadonlyMap<string, string>): void {
  if (pax.has('linkpath') || (pax.get('path') ?? header.name) !== header.name)
    throw damaged(overridden(printable(header.name)));
}

function overridden(name: string): string {
  return `An extended header gives ${name} another name, size or link than its own header.`;
}

function checkName(name: string): void {
  const parts = name.split('/');
  if (name.startsWith('/') || parts.includes('..'))
    throw damaged(`The archive holds the name ${printable(name)}, which leads out of it.`);
}

function parsePax(text: string): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    const found = /^(\d{1,6}) /.exec(bytes.toString('latin1', at, at + 8));
    const length = Number(found?.[1] ?? 0);
    const record = bytes.toString('utf8', at + (found?.[0].length ?? 0), at + length);
    const equals = record.indexOf('=');
    if (
      !found ||
      length <= found[0].length ||
      at + length > bytes.length ||
      equals < 1 ||
      !record.endsWith('\n')
    )
      throw damaged('The archive holds an extended header that can not be read.');
    addPax(records, record.slice(0, equals), record.slice(equals + 1, -1));
    at += length;
  }
  return records;
}

function addPax(records: Map<string, string>, key: string, value: string): void {
  if (OVERRIDES.includes(key)) {
    if (records.has(key)) throw damaged(overridden('a member'));
    records.set(key, value);
  } else if (!HARMLESS_PAX_KEYS.test(key)) {
    throw damaged(`The archive holds the extended header ${printable(key)}, which it must not.`);
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== 0) return false;
  return true;
}
