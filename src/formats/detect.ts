import { type FileHandle, stat } from 'node:fs/promises';
import { APPLICATION_ID } from '../application-id.ts';
import { MemportError } from '../errors.ts';
import { openArchive } from './archive/reader.ts';
import { archiveFormat, isGzip } from './archive/sniff.ts';
import { BorrowedSource } from './borrowed-source.ts';
import { openJsonSource } from './json/reader.ts';
import { openFeat038Archive } from './legacy/feat038-archive.ts';
import { MEMPORT_MIGRATIONS } from './migrations/memport.ts';
import { MigratedSource } from './migrations/migrated-source.ts';
import type { Migration } from './migrations/migration.ts';
import { type OpenedFile, openFile } from './opened-file.ts';
import type { FormatName, Source } from './source.ts';

export interface OpenSourceOptions {
  /** The format, where the caller knows it; else it is told from the content, never from the name. */
  readonly from?: FormatName | undefined;
  /** The steps for older files of memport; those that there are by default. */
  readonly migrations?: readonly Migration[] | undefined;
}

/**
 * Opens a file that holds records. A handle that is given stays open when the source is disposed of. Throws MemportError:
 * `not_found`, `unknown_format` for what is no such file, `integrity` or `newer_version` for what can be told at once.
 */
export async function openSource(
  file: string | FileHandle,
  options: OpenSourceOptions = {},
): Promise<Source> {
  if (typeof file === 'string' && (options.from ?? 'markdown') === 'markdown' && (await isFolder(file))) {
    const { openMarkdownFolder } = await import('./markdown/reader.ts');
    return openMarkdownFolder(file, { all: options.from === 'markdown' });
  }
  const opened = await openFile(file);
  try {
    const source = await openFormat(opened, file, options.from);
    return new MigratedSource(source, options.migrations ?? MEMPORT_MIGRATIONS);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function openFormat(
  opened: OpenedFile,
  file: string | FileHandle,
  from: FormatName | undefined,
): Promise<Source> {
  const format = from ?? (await detectFormat(opened));
  switch (format) {
    case 'memport-archive':
      return openArchive(opened);
    case 'feat038-archive':
      return openFeat038Archive(opened);
    case 'sqlite':
    case 'sqlite-v1':
    case 'sqlite-v2': {
      // On demand: the driver is a native library, and most imports need none.
      const { openSqliteSource } = await import('./legacy/sqlite/sqlite-source.ts');
      const path = typeof file === 'string' ? file : null;
      return openSqliteSource(opened, path, format === 'sqlite' ? {} : { format });
    }
    case 'markdown': {
      const { openMarkdownFile } = await import('./markdown/reader.ts');
      return openMarkdownFile(opened.handle, {
        all: from === 'markdown',
        keepOpen: typeof file !== 'string',
      });
    }
    default: {
      const source = await openJsonSource(opened.handle, format === 'json' ? {} : { format });
      return typeof file === 'string' ? source : new BorrowedSource(source);
    }
  }
}

const HEAD_SIZE = 4096;
const UNDERSTOOD =
  'memport reads its own archives (.tar.gz), JSON and Markdown, and the JSON exports, archives and SQLite databases (memory.db) of claude-memory-server.';
const SQLITE = Buffer.from('SQLite format 3\0');
const APPLICATION_ID_AT = 68;
/** Front matter or a heading; its reader tells whether it is of memport. */
const MARKDOWN = /^\ufeff?(?:---[ \t]*\r?\n|#{1,6} )/;
/** What is known by its first bytes, and comes later. */
const LATER: readonly (readonly [RegExp, string])[] = [
  [/^(?:age-encryption\.org\/v1\n|-----BEGIN AGE ENCRYPTED FILE-----)/, 'a file encrypted with age'],
  [/^\ufeff?\s*\[\s*\{\s*"id"[^{]*"payload"\s*:/, 'a list of points of Qdrant'],
];

/** Tells the format of a file from its content. `json`, `sqlite`: which of
 * them it is, its reader tells. */
export async function detectFormat(
  file: OpenedFile,
): Promise<'memport-archive' | 'feat038-archive' | 'sqlite' | 'json' | 'markdown'> {
  const buffer = Buffer.alloc(HEAD_SIZE);
  const { bytesRead } = await file.handle.read(buffer, 0, HEAD_SIZE, 0);
  const head = buffer.subarray(0, bytesRead);
  if (isGzip(head)) {
    const format = await archiveFormat(file.handle);
    if (format === null) throw unknownFormat('it is compressed, but holds no archive of memories');
    if (format === 'feat036-archive')
      throw unknownFormat(
        'it is a project archive of claude-memory-server, which holds copied index files and no memories',
      );
    return format;
  }
  if (head.subarray(0, SQLITE.length).equals(SQLITE)) {
    refuseStore(head);
    return 'sqlite';
  }
  const text = head.toString('utf8');
  if (/^\ufeff?[ \t\r\n]*\{/.test(text)) return 'json';
  if (MARKDOWN.test(text)) return 'markdown';
  if (bytesRead === 0) throw unknownFormat('it is empty');
  const later = LATER.find(([pattern]) => pattern.test(text));
  throw unknownFormat(
    later === undefined
      ? 'its content is of another kind'
      : `it is ${later[1]}, which a later version will read`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}

function refuseStore(head: Buffer): void {
  if (head.length < APPLICATION_ID_AT + 4 || head.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) return;
  throw new MemportError('unknown_format', 'this is a store of memport itself, not an export', {
    hint: 'export it and import that file: memport export --home <its folder> all.tar.gz',
  });
}

function unknownFormat(why: string): MemportError {
  return new MemportError('unknown_format', `this file can not be read: ${why}`, { hint: UNDERSTOOD });
}
