import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { toMemportError } from '../errors.ts';
import { MAX_FILE_BYTES, type SkipReason } from './screen.ts';

export type SourceBytes =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'skipped'; readonly reason: SkipReason }
  | { readonly type: 'gone' }
  | { readonly type: 'unreadable'; readonly reason: string };

/** Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file of a tree that others are working on: it may have become a link, a pipe or a giant since it was seen, or
 * be gone. Neither waits for a pipe nor reads more than a file may have.
 */
export async function readSource(path: string): Promise<SourceBytes> {
  try {
    await using file = await open(path, FLAGS);
    const stats = await file.stat();
    if (!stats.isFile()) return { type: 'skipped', reason: 'no regular file' };
    if (stats.size > MAX_FILE_BYTES) return { type: 'skipped', reason: 'too large' };
    const buffer = Buffer.alloc(stats.size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    // A file that grows while it is read is left as it was when it was looked at; its next version comes with the next run.
    return { type: 'bytes', bytes: buffer.subarray(0, Math.min(length, stats.size)) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { type: 'gone' };
    if (code === 'ELOOP') return { type: 'skipped', reason: 'symbolic link' };
    if (code === 'ENXIO') return { type: 'skipped', reason: 'no regular file' };
    return { type: 'unreadable', reason: toMemportError(error).message };
  }
}
