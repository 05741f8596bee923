import { armor } from 'age-encryption';
import { type ReadableFile, readUpTo } from '../../file-access.ts';
import { type NamelessFile, openNameless } from '../../nameless-file.ts';
import { damagedAge } from './damage.ts';
import { ARMOR_BEGIN as BEGIN } from './sniff.ts';

const END = '-----END AGE ENCRYPTED FILE-----';
/** Of a line of 64 characters. */
const FULL_BYTES = 48;
const LINES_AT_ONCE = 4096;
const READ_SIZE = 256 * 1024;
/** White space before and after the armor is allowed; more than this is no armor. */
const MAX_BLANK = 4096;

/**
 * Decodes an armored file into a file without a name, which is as encrypted as the armored one is. Memory stays flat.
 * Throws `integrity` for anything that is not exactly armor.
 */
export async function dearmor(file: ReadableFile): Promise<NamelessFile> {
  const decoded = await openNameless();
  try {
    for await (const bytes of decode(lines(file))) await decoded.handle.appendFile(bytes);
    return decoded;
  } catch (error) {
    await decoded[Symbol.asyncDispose]();
    throw error;
  }
}

async function* decode(source: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let pending: string[] = [];
  for await (const line of linesWithin(source)) {
    if (pending.length === LINES_AT_ONCE) {
      yield decodeWholeLines(pending);
      pending = [];
    }
    pending.push(line);
  }
  yield decodeLines(pending);
}

/** The lines between the first and the last, around which there may be white space only. */
async function* linesWithin(source: AsyncIterable<string>): AsyncGenerator<string> {
  let state: 'before' | 'inside' | 'behind' = 'before';
  for await (const line of source) {
    if (state === 'inside') {
      if (line.trimEnd() === END) state = 'behind';
      else yield line;
    } else if (line.trim() !== '') {
      if (state === 'behind' || line.trimStart() !== BEGIN) throw broken();
      state = 'inside';
    }
  }
  if (state !== 'behind') throw broken();
}

/** Lines that others follow: none is short, none is padded. */
function decodeWholeLines(pending: readonly string[]): Uint8Array {
  const bytes = decodeLines(pending);
  if (bytes.length !== pending.length * FULL_BYTES) throw broken();
  return bytes;
}

function decodeLines(pending: readonly string[]): Uint8Array {
  try {
    return armor.decode([BEGIN, ...pending, END].join('\n'));
  } catch (error) {
    throw damagedAge('The armor of the encrypted file is damaged.', error);
  }
}

/** Lines without their ends; the last one whether it has an end or not. */
async function* lines(file: ReadableFile): AsyncGenerator<string> {
  let rest = '';
  for (let position = 0; ; ) {
    const bytes = await readUpTo(file, READ_SIZE, position);
    if (bytes.length === 0) break;
    position += bytes.length;
    const parts = (rest + bytes.toString('latin1')).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_BLANK || parts.some(part => part.length > MAX_BLANK)) throw broken();
    for (const part of parts) yield withoutReturn(part);
  }
  yield withoutReturn(rest);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function broken(): Error {
  return damagedAge('The armor of the encrypted file is damaged.');
}
