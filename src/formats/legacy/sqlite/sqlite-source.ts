import { MemportError } from '../../../errors.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { WorkOptions } from '../../../model/progress.ts';
import { type Migration, migrate, migrationName } from '../../migrations/migration.ts';
import type { OpenedFile } from '../../opened-file.ts';
import type { FormatName, Source, SourceItem, Verification } from '../../source.ts';
import { CLAUDE_MEMORY_SERVER } from '../feat038-code-unit.ts';
import { legacySteps } from '../migrations.ts';
import { ATTACHMENTS } from './attachments.ts';
import { LegacyDatabase } from './database.ts';
import { type Generation, generationOf } from './generation.ts';
import { notesOnLeftOut } from './left-out.ts';
import { copyPrivately, type PrivateCopy } from './private-copy.ts';
import { MEMORIES, RowReader } from './row-reader.ts';

/**
 * Opens a database of claude-memory-server (reference/claude-memory-server-formats.md, 4) by a private copy; the file
 * itself is not touched. `path`: where the file lies, for the log beside it; null when it has no name. Disposing of the
 * source removes the copy and disposes of the file. Throws MemportError `unknown_format` for the database of something
 * else, `integrity` for one that is damaged, `locked` for one that is never at rest.
 */
export async function openSqliteSource(
  file: OpenedFile,
  path: string | null,
  options: WorkOptions & { readonly format?: 'sqlite-v1' | 'sqlite-v2' | undefined } = {},
): Promise<Source> {
  const copy = await copyPrivately(file.handle, path, options);
  try {
    const database = new LegacyDatabase(copy.path);
    try {
      const tables = database.tables();
      const generation = generationOf(tables);
      if (options.format !== undefined && options.format !== generation.format)
        throw new MemportError(
          'unknown_format',
          `the database is ${generation.format}, not ${options.format}`,
        );
      return new SqliteSource(file, copy, database, tables, generation);
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    await copy[Symbol.asyncDispose]();
    throw error;
  }
}

class SqliteSource implements Source {
  readonly version = '';
  readonly schemaVersion = '';
  readonly system = CLAUDE_MEMORY_SERVER;
  readonly header: JsonObject = {};
  readonly format: FormatName;
  readonly migrations: readonly string[];
  readonly #file: OpenedFile;
  readonly #copy: PrivateCopy;
  readonly #database: LegacyDatabase;
  readonly #tables: ReadonlyMap<string, readonly string[]>;
  readonly #steps: readonly Migration[];
  #total: number | null = null;

  constructor(
    file: OpenedFile,
    copy: PrivateCopy,
    database: LegacyDatabase,
    tables: ReadonlyMap<string, readonly string[]>,
    generation: Generation,
  ) {
    this.#file = file;
    this.#copy = copy;
    this.#database = database;
    this.#tables = tables;
    this.format = generation.format;
    this.#steps = legacySteps(generation.shape);
    this.migrations = this.#steps.map(migrationName);
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    for (const table of [MEMORIES, ...ATTACHMENTS.map(({ table }) => table)])
      if (this.#tables.has(table)) this.#database.check(table);
    this.#total = this.#database.count(MEMORIES);
    const found = { memories: 0, codeUnits: 0, tombstones: 0, vectors: 0 };
    for await (const items of this.#items('verifying', options)) {
      for (const item of items) {
        if (item.type === 'record' && item.kind === 'code_unit') found.codeUnits += 1;
        else found.memories += 1;
        if (item.type === 'record' && item.vector !== null) found.vectors += 1;
      }
    }
    const warnings = notesOnLeftOut(this.#database, this.#tables);
    return { ...found, contentDigest: null, warnings };
  }

  read(options: WorkOptions = {}): AsyncIterable<readonly SourceItem[]> {
    if (this.#total === null) throw new RangeError('a database is read after it was verified');
    return this.#items('reading', options);
  }

  async *#items(phase: string, { signal, onProgress }: WorkOptions): AsyncGenerator<readonly SourceItem[]> {
    let done = 0;
    for (const page of new RowReader(this.#database, this.#tables).pages()) {
      signal?.throwIfAborted();
      yield page.map(item => (item.type === 'record' ? migrate(this.#steps, item, this.header) : item));
      done += page.length;
      onProgress?.({ phase, done, total: this.#total, unit: 'records' });
      await new Promise(setImmediate);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database[Symbol.dispose]();
    await this.#copy[Symbol.asyncDispose]();
    await this.#file[Symbol.asyncDispose]();
  }
}
