import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { MemportError } from '../errors.ts';
import { systemCode } from '../file-target.ts';

/** sha256 of a file, in hex. Throws `usage` for a folder. */
export async function fileHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, { ...(signal !== undefined && { signal }) });
  } catch (error) {
    if (systemCode(error) !== 'EISDIR') throw error;
    throw new MemportError('usage', `${path} is a folder`, { hint: 'Give the path of a file in it.' });
  }
  return hash.digest('hex');
}
