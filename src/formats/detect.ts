import type { FileHandle } from 'node:fs/promises';
import { MemportError } from '../errors.ts';
import { openArchive } from './archive/reader.ts';
import { archiveFormat, isGzip } from './archive/sniff.ts';
import { BorrowedSource } from './borrowed-source.ts';
import { openJsonSource } from './json/reader.ts';
import { openFeat038Archive } from './legacy/feat038-archive.ts';
import { type OpenedFile, openFile } from './opened-file.ts';
import type { FormatName, Source } from './source.ts';

export interface OpenSourceOptions {
  /** The format, where the caller knows it; else it is told from the content, never from the name. */
  readonly from?: FormatName | undefined;
}

/**
 * Opens a file that holds records. A handle that is given stays open when the source is disposed of. Throws MemportError:
 * `not_found`, `unknown_format` for what is no such file, `integrity` or `newer_version` for what can be told at once.
 */
export async function openSource(
  file: string | FileHandle,
  options: OpenSourceOptions = {},
): Promise<Source> {
  const opened = await openFile(file);
  try {
    const format = options.from ?? (await detectFormat(opened));
    if (format === 'memport-archive') return await openArchive(opened);
    if (format === 'feat038-archive') return await openFeat038Archive(opened);
    const source = await openJsonSource(opened.handle, format === 'json' ? {} : { format });
    return typeof file === 'string' ? source : new BorrowedSource(source);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

const HEAD_SIZE = 4096;
const UNDERSTOOD =
  'memport reads its own archives (.tar.gz) and JSON, and the JSON exports and archives of claude-memory-server.';
/** What is known by its first bytes, and comes later. */
const LATER: readonly (readonly [RegExp, string])[] = [
  [/^SQLite format 3\0/, 'a SQLite database'],
  [/^(?:age-encryption\.org\/v1\n|-----BEGIN AGE ENCRYPTED FILE-----)/, 'a file encrypted with age'],
  [/^(?:\ufeff)?(?:---\r?\n|#{1,6} )/, 'Markdown'],
];

/** Tells the format of a file from its content. `json`: which JSON it is, its reader tells. */
export async function detectFormat(
  file: OpenedFile,
): Promise<'memport-archive' | 'feat038-archive' | 'json'> {
  const buffer = Buffer.alloc(HEAD_SIZE);
  const { bytesRead } = await file.handle.read(buffer, 0, HEAD_SIZE, 0);
  const head = buffer.subarray(0, bytesRead);
  if (isGzip(head)) {
    const format = await archiveFormat(file.handle);
    if (format === null) throw unknownFormat('it is compressed, but holds no archive of memories');
    return format;
  }
  const text = head.toString('utf8');
  if (/^\ufeff?[ \t\r\n]*\{/.test(text)) return 'json';
  if (bytesRead === 0) throw unknownFormat('it is empty');
  const later = LATER.find(([pattern]) => pattern.test(text));
  throw unknownFormat(
    later === undefined
      ? 'its content is of another kind'
      : `it is ${later[1]}, which a later version will read`,
  );
}

function unknownFormat(why: string): MemportError {
  return new MemportError('unknown_format', `this file can not be read: ${why}`, { hint: UNDERSTOOD });
}
