import { readFile, stat } from 'node:fs/promises';
import { MemportError } from '../../errors.ts';
import { systemCode } from '../../file-target.ts';

/** Far more than any key or passphrase. */
const MAX_BYTES = 64 * 1024;

/**
 * A small text file that holds a secret. `what` names it in messages, which never repeat what is in it. Throws `no_key`
 * for a file that is missing or can't be one.
 */
export async function readSecretFile(path: string, what: string): Promise<string> {
  let bytes: Buffer;
  try {
    const found = await stat(path);
    // A pipe is fine, as a shell's <(…) is one; a folder or a large file is a mistake.
    if (found.isDirectory() || found.size > MAX_BYTES) throw wrong(path, what, 'it is not a small text file');
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof MemportError) throw error;
    const code = systemCode(error);
    throw wrong(path, what, code === 'ENOENT' ? 'there is no such file' : `it can not be read (${code})`);
  }
  return decodeSecret(bytes, what);
}

/** The text of a secret. Throws `no_key` for what is too long or no UTF-8. */
export function decodeSecret(bytes: Buffer, what: string): string {
  try {
    if (bytes.length > MAX_BYTES) throw new RangeError('too long');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MemportError('no_key', `${what} is not a short text in UTF-8`);
  }
}

function wrong(path: string, what: string, why: string): MemportError {
  return new MemportError('no_key', `${what} ${path}: ${why}`);
}
