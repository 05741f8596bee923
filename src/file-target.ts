import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { MemportError } from './errors.ts';

/** Where a write will land, links followed to their end. */
export interface FileTarget {
  readonly path: string;
  /** `new`: nothing is there yet. `stream`: a device, a pipe or an open file of a process, which takes bytes. */
  readonly kind: 'new' | 'file' | 'stream';
}

/** A name for what a process has open: a file behind it has a position, and must not be replaced under its owner. */
const DESCRIPTOR = /^\/dev\/(fd\/\d+|std(in|out|err))$|^\/proc\/[^/]+\/fd\/\d+$/;

/** Follows a name to what is written by it; a link to nothing leads to the file that it names. Throws MemportError. */
export async function resolveTarget(target: string): Promise<FileTarget> {
  try {
    return await follow(target);
  } catch (error) {
    throw unwritable(target, error);
  }
}

async function follow(target: string): Promise<FileTarget> {
  const found = await orNull(stat(target), ['ENOENT']);
  if (found?.isDirectory())
    throw new MemportError('failed', `${target} is a folder`, { hint: 'Give the name of a file in it.' });
  if (found !== null) {
    const isFile = found.isFile() && !DESCRIPTOR.test(target);
    return isFile ? { path: await realpath(target), kind: 'file' } : { path: target, kind: 'stream' };
  }
  const link = await orNull(readlink(target), ['ENOENT', 'EINVAL']);
  // Not `join`, which would take a folder that is a link for the one that it stands in.
  if (link !== null) return follow(isAbsolute(link) ? link : `${dirname(target)}/${link}`);
  return { path: join(await realpath(dirname(target)), basename(target)), kind: 'new' };
}

async function orNull<T>(found: Promise<T>, codes: readonly string[]): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (codes.includes(systemCode(error))) return null;
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'it is a link that leads to itself',
  ENXIO: 'nothing takes what is written there',
};

/** Says why a file can't be written. A missing folder is a failure to write, not a file that was not found. */
export function unwritable(target: string, error: unknown): unknown {
  const reason = REASONS[systemCode(error)];
  return reason === undefined
    ? error
    : new MemportError('failed', `${target} can not be written: ${reason}`, { cause: error });
}

/** The system's name of an error, such as ENOENT; empty for other errors. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
