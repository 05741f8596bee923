import { damaged } from '../damage.ts';

export const TAR_BLOCK = 512;

/** What a tar header block says, in the fields that this program uses. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly linkName: string;
}

const MAX_OCTAL_SIZE = 0o77777777777;

/** A ustar header of a regular file: mode 0600, no owner. Sizes of 8 GiB and more are written in base 256, as GNU tar does. */
export function encodeTarHeader(name: string, size: number, modifiedAt: number): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  if (Buffer.byteLength(name) > 100) throw new RangeError(`too long for a ustar name: ${name}`);
  block.write(name, 0);
  block.write('0000600\0' + '0000000\0' + '0000000\0', 100);
  writeSize(block, size);
  const seconds = Math.min(Math.max(0, Math.floor(modifiedAt)), MAX_OCTAL_SIZE);
  block.write(`${octal(seconds, 11)}\0`, 136);
  block.write('0', 156);
  block.write('ustar\0' + '00', 257);
  block.write('0000000\0' + '0000000\0', 329);
  block.write(`${octal(checksum(block), 6)}\0 `, 148);
  return block;
}

function writeSize(block: Buffer, size: number): void {
  if (size <= MAX_OCTAL_SIZE) {
    block.write(`${octal(size, 11)}\0`, 124);
    return;
  }
  block.writeUInt8(0x80, 124);
  block.writeBigUInt64BE(BigInt(size), 128);
}

/** Throws `integrity` for a block that is not a header, or is one of a dialect that nobody writes today. */
export function decodeTarHeader(block: Buffer): TarHeader {
  const magic = block.toString('latin1', 257, 265);
  if (magic !== 'ustar\x0000' && magic !== 'ustar  \0')
    throw damaged('The archive holds something that is not tar.');
  if (readNumber(block, 148, 8) !== checksum(block))
    throw damaged('The archive is damaged: a tar header does not match its checksum.');
  const prefix = magic.endsWith('0') ? readText(block, 345, 155) : '';
  const name = readText(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: readNumber(block, 124, 12),
    type: block.toString('latin1', 156, 157),
    linkName: readText(block, 157, 100),
  };
}

/** Of the header, its own field counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < block.length; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function readNumber(block: Buffer, offset: number, length: number): number {
  const field = block.subarray(offset, offset + length);
  if (field[0] === 0x80) return readBase256(field.subarray(1));
  const text = field.toString('latin1');
  const found = /^ *([0-7]+)[ \0]*$/.exec(text);
  if (!found) throw damaged('The archive is damaged: a number in a tar header can not be read.');
  return Number.parseInt(found[1] ?? '', 8);
}

function readBase256(bytes: Buffer): number {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  if (!Number.isSafeInteger(value)) throw damaged('The archive says that a member is larger than any file.');
  return value;
}

function readText(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  if (end === -1) return field.toString('utf8');
  if (field.subarray(end).some(byte => byte !== 0)) throw damaged('A name in the archive holds a NUL.');
  return field.toString('utf8', 0, end);
}
