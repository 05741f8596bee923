import { printable } from '../../printable.ts';
import { damaged } from '../damage.ts';
import { decodeTarHeader, TAR_BLOCK } from '../tar/tar-header.ts';
import type { SalvagedChunk } from './salvaged-chunk.ts';

/** A piece of a tar's content. `data` null: bytes are missing. */
export interface SalvagedPiece {
  /** Base name of the member and the folder above it; null where no header says what this is. */
  readonly name: string | null;
  readonly size: number;
  /** Whether this begins a member, or content of an unknown one. */
  readonly begins: boolean;
  /** Of `data` among the intact data. */
  readonly start: number;
  readonly data: Buffer | null;
  /** Whether a member ended where its header says. */
  readonly ends: boolean;
}

const USTAR = Buffer.from('ustar');
const USTAR_AT = 257;
const MAX_HEADERS = 1000;
const OVERRIDES = /(?:^|\n)\d+ (?:path|linkpath|size|GNU\.sparse[^=]*)=/;

interface Open {
  readonly name: string | null;
  readonly size: number;
  missing: number;
}

/**
 * Walks a tar of which parts are missing: by its headers where they follow each other, else by looking for the next
 * header that is intact. Throws `integrity` for headers of links, devices, names that lead out, and names given twice:
 * such an archive is hostile, not damaged.
 */
export class SalvageMembers {
  readonly #names = new Set<string>();
  #headers = 0;
  /** null: a header comes next. */
  #open: Open | null = null;
  #rest: Buffer = Buffer.alloc(0);
  #restStart = 0;
  #begins = false;
  #skip = 0;

  push({ start, data }: SalvagedChunk): readonly SalvagedPiece[] {
    if (data === null) return this.#gap(start);
    this.#restStart = start - this.#rest.length;
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    const pieces: SalvagedPiece[] = [];
    while (this.#rest.length > 0 && this.#step(pieces));
    return pieces;
  }

  /** What is left when the data ends. */
  end(): readonly SalvagedPiece[] {
    const open = this.#open;
    if (open === null || this.#rest.length === 0) return [];
    return [this.#piece(open, this.#take(this.#rest.length))];
  }

  #gap(start: number): readonly SalvagedPiece[] {
    const pieces: SalvagedPiece[] = [];
    this.#open ??= { name: null, size: 0, missing: 0 };
    const open = this.#open;
    if (this.#rest.length > 0) pieces.push(this.#piece(open, this.#take(this.#rest.length)));
    pieces.push({ ...this.#piece(open, null), start });
    // What follows may still be of this member, or not.
    this.#open = { name: null, size: 0, missing: 0 };
    this.#begins = false;
    return pieces;
  }

  /** Whether there is more to be done with what is at hand. */
  #step(pieces: SalvagedPiece[]): boolean {
    if (this.#open === null) return this.#header();
    const open = this.#open;
    if (open.name === null) return this.#unknown(pieces, open);
    const data = this.#take(Math.min(open.missing, this.#rest.length));
    open.missing -= data.length;
    pieces.push(this.#piece(open, data, open.missing === 0));
    if (open.missing > 0) return false;
    this.#open = null;
    this.#skip = (TAR_BLOCK - (open.size % TAR_BLOCK)) % TAR_BLOCK;
    return true;
  }

  #header(): boolean {
    if (this.#skip > 0) {
      this.#skip -= this.#take(Math.min(this.#skip, this.#rest.length)).length;
      return this.#skip === 0;
    }
    if (this.#rest.length < TAR_BLOCK) return false;
    const block = this.#rest.subarray(0, TAR_BLOCK);
    if (block.every(byte => byte === 0)) {
      this.#take(TAR_BLOCK);
      return true;
    }
    if (!isHeader(block)) this.#beginUnknown();
    else this.#begin(this.#take(TAR_BLOCK));
    return true;
  }

  #beginUnknown(): void {
    this.#open = { name: null, size: 0, missing: 0 };
    this.#begins = true;
  }

  #begin(block: Buffer): void {
    this.#headers += 1;
    if (this.#headers > MAX_HEADERS) throw damaged('The archive holds more than belongs to it.');
    const { name, size, type, linkName } = decodeTarHeader(block);
    if (type === 'x' || type === 'g') {
      const text = this.#rest.toString('latin1', 0, Math.min(size, this.#rest.length));
      if (size > this.#rest.length || OVERRIDES.test(text))
        throw damaged('The archive holds an extended header that a recovery does not read.');
      this.#skip = Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
      return;
    }
    const parts = name.split('/');
    if (name.startsWith('/') || parts.includes('..'))
      throw damaged(`The archive holds the name ${printable(name)}, which leads out of it.`);
    if (type === '5' && size === 0) return;
    if ((type !== '0' && type !== '\0') || linkName !== '')
      throw damaged(`${printable(name)} is a link, a device or another thing that is not a regular file.`);
    if (this.#names.has(name)) throw damaged(`The archive holds ${printable(name)} twice.`);
    this.#names.add(name);
    this.#begins = true;
    this.#open = { name: name.replace(/^(?:\.\/)+/, ''), size, missing: size };
    if (size === 0) this.#open = null;
  }

  #unknown(pieces: SalvagedPiece[], open: Open): boolean {
    const at = findHeader(this.#rest);
    if (at !== -1) {
      if (at > 0) pieces.push(this.#piece(open, this.#take(at)));
      this.#open = null;
      return true;
    }
    const free = this.#rest.length - TAR_BLOCK + 1;
    if (free > 0) pieces.push(this.#piece(open, this.#take(free)));
    return false;
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#restStart += length;
    return taken;
  }

  #piece({ name, size }: Open, data: Buffer | null, ends = false): SalvagedPiece {
    const begins = this.#begins;
    this.#begins = false;
    return { name, size, begins, start: this.#restStart - (data?.length ?? 0), data, ends };
  }
}

function findHeader(bytes: Buffer): number {
  for (let at = bytes.indexOf(USTAR, USTAR_AT); at !== -1; at = bytes.indexOf(USTAR, at + 1)) {
    const start = at - USTAR_AT;
    if (start + TAR_BLOCK <= bytes.length && isHeader(bytes.subarray(start, start + TAR_BLOCK))) return start;
  }
  return -1;
}

/** Whether the block's checksum holds. */
function isHeader(block: Buffer): boolean {
  const found = /^ *([0-7]+)[ \0]*$/.exec(block.toString('latin1', 148, 156));
  if (!found || !block.subarray(USTAR_AT, USTAR_AT + USTAR.length).equals(USTAR)) return false;
  const sum = block.reduce((total, byte, at) => (at >= 148 && at < 156 ? total : total + byte), 8 * 0x20);
  return Number.parseInt(found[1] ?? '', 8) === sum;
}
