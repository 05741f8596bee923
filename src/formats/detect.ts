import { type FileHandle, stat } from 'node:fs/promises';
import { APPLICATION_ID } from '../application-id.ts';
import { MemportError } from '../errors.ts';
import { readUpTo } from '../file-access.ts';
import type { Keys } from './age/keys.ts';
import type { OnDamage } from './age/payload.ts';
import { isEncrypted } from './age/sniff.ts';
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
  /** What may open a file that is encrypted with age; by default nothing does. */
  readonly keys?: Keys | undefined;
}

/**
 * Opens a file that holds records. A handle that is given stays open when the source is disposed of. Throws MemportError:
 * `not_found`, `unknown_format` for what is no such file, `no_key`, `integrity` or `newer_version` for what can be told at once.
 */
export async function openSource(
  file: string | FileHandle,
  options: OpenSourceOptions = {},
): Promise<Source> {
  if (typeof file === 'string' && (options.from ?? 'markdown') === 'markdown' && (await isFolder(file))) {
    const { openMarkdownFolder } = await import('./markdown/reader.ts');
    return openMarkdownFolder(file, { all: options.from === 'markdown' });
  }
  const opened = await openPlain(file, options);
  try {
    const source = await openFormat(opened, options.from);
    return new MigratedSource(source, options.migrations ?? MEMPORT_MIGRATIONS);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

/** Opens a file, and decrypts it where it is encrypted: bit by bit, when it is read. Throws as openSource does. */
export async function openPlain(
  file: string | FileHandle,
  { keys, onDamage }: { readonly keys?: Keys | undefined; readonly onDamage?: OnDamage },
): Promise<PlainFile> {
  const opened = await openFile(file);
  try {
    const head = await readUpTo(opened.handle, HEAD_SIZE, 0);
    if (!isEncrypted(head)) return { ...opened, path: typeof file === 'string' ? file : null };
    // On demand: most files are not encrypted.
    const { openEncrypted } = await import('./age/open.ts');
    return { ...(await openEncrypted(opened, head, { keys, onDamage })), path: null };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

interface PlainFile extends OpenedFile {
  /** null for a file without a name, and for one whose bytes are others. */
  readonly path: string | null;
}

async function openFormat(opened: PlainFile, from: FormatName | undefined): Promise<Source> {
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
      return openSqliteSource(opened, opened.path, format === 'sqlite' ? {} : { format });
    }
    case 'markdown': {
      const { openMarkdownFile } = await import('./markdown/reader.ts');
      return new BorrowedSource(await openMarkdownFile(opened.handle, { all: from === 'markdown' }), opened);
    }
    default: {
      const source = await openJsonSource(opened.handle, format === 'json' ? {} : { format });
      return new BorrowedSource(source, opened);
    }
  }
}

const HEAD_SIZE = 4096;
const UNDERSTOOD =
  'memport reads its own archives (.tar.gz), JSON and Markdown, also encrypted with age, and the JSON exports, archives and SQLite databases (memory.db) of claude-memory-server.';
const SQLITE = Buffer.from('SQLite format 3\0');
const APPLICATION_ID_AT = 68;
/** Front matter or a heading; its reader tells whether it is of memport. */
const MARKDOWN = /^\ufeff?(?:---[ \t]*\r?\n|#{1,6} )/;
/** What is known by its first bytes, and comes later. */
const LATER: readonly (readonly [RegExp, string])[] = [
  [/^\ufeff?\s*\[\s*\{\s*"id"[^{]*"payload"\s*:/, 'a list of points of Qdrant'],
];

/** Tells the format of a file from its content. `json`, `sqlite`: which of
 * them it is, its reader tells. */
export async function detectFormat(
  file: OpenedFile,
): Promise<'memport-archive' | 'feat038-archive' | 'sqlite' | 'json' | 'markdown'> {
  const head = await readUpTo(file.handle, HEAD_SIZE, 0);
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
  if (head.length === 0) throw unknownFormat('it is empty');
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
