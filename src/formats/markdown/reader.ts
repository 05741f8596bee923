import { MemportError } from '../../errors.ts';
import type { ReadableFile } from '../../file-access.ts';
import { codeUnitRecord } from '../../model/code-unit.ts';
import { type Instant, parseInstant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { memoryRecord } from '../../model/memory.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../../model/record.ts';
import { fileChunks } from '../json/file-chunks.ts';
import { checkVersions, versionText } from '../json/versions.ts';
import type { Source, SourceItem, SourceMissing, Verification } from '../source.ts';
import { type Folder, lookAtFolder } from './folder.ts';
import { isOurs, MAX_FRONT_MATTER, readFrontMatter } from './front-matter.ts';
import { CODE_UNIT_MARK } from './layout.ts';
import { openPage } from './page-files.ts';
import { type Found, readPage } from './page-reader.ts';
import { YamlError } from './read-yaml.ts';
import { scanParts } from './scanner.ts';

const BATCH_RECORDS = 500;
const BATCH_SIZE = 4 * 1024 * 1024;

export interface MarkdownHints {
  /** Take what does not say that memport wrote it, too. */
  readonly all?: boolean | undefined;
}

/** Opens a knowledge base in a folder (spec 2.4). Throws as lookAtFolder does. */
export async function openMarkdownFolder(folder: string, hints: MarkdownHints = {}): Promise<Source> {
  const found = await lookAtFolder(folder, hints.all === true);
  return new MarkdownSource(found, path => openPage(folder, path));
}

/**
 * Opens a knowledge base in one file, or a page of one. The handle stays the caller's.
 */
export async function openMarkdownFile(handle: ReadableFile, hints: MarkdownHints = {}): Promise<Source> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FRONT_MATTER), 0, MAX_FRONT_MATTER, 0);
  const front = frontOf(buffer.toString('utf8', 0, bytesRead));
  if (!isOurs(front) && hints.all !== true)
    throw new MemportError('unknown_format', 'this is Markdown that memport has not written', {
      hint: 'with --from markdown every section of it is taken for a memory',
    });
  const { generated, ...header } = front ?? {};
  const folder = {
    header: { ...header, ...(generated !== undefined && { export_date: generated }) },
    pages: [''],
    manifest: null,
    warnings: [],
  };
  return new MarkdownSource(folder, async () => handle, handle);
}

function frontOf(text: string): JsonObject | null {
  try {
    return readFrontMatter(text);
  } catch (error) {
    if (error instanceof YamlError) return null;
    throw error;
  }
}

class MarkdownSource implements Source {
  readonly format = 'markdown';
  readonly system = 'memport';
  readonly #base: Folder;
  readonly #open: (path: string) => Promise<ReadableFile>;
  /** Of a single file, which stays open; null for a folder, whose files are opened one after the other. */
  readonly #handle: ReadableFile | null;

  constructor(
    base: Folder,
    open: (path: string) => Promise<ReadableFile>,
    handle: ReadableFile | null = null,
  ) {
    this.#base = base;
    this.#open = open;
    this.#handle = handle;
  }

  get version(): string {
    return versionText(this.header, 'version');
  }

  get schemaVersion(): string {
    return versionText(this.header, 'schema_version');
  }

  get header(): JsonObject {
    return this.#base.header;
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    const { pages, warnings } = this.#base;
    const notes = this.version === '' ? [] : checkVersions(this.header);
    const counts: Record<RecordKind, number> = { memory: 0, code_unit: 0 };
    for (const [i, path] of pages.entries()) {
      await using page = await this.#page(path);
      const parts = scanParts(
        fileChunks(page.handle, 'verifying', pages.length === 1 ? options : { signal: options.signal }),
      );
      for await (const { type, bytes } of parts)
        if (type === 'section')
          counts[bytes.subarray(0, 4096).includes(CODE_UNIT_MARK) ? 'code_unit' : 'memory'] += 1;
      const done = counts.memory + counts.code_unit;
      if (pages.length > 1)
        options.onProgress?.({
          phase: 'verifying',
          done,
          total: i + 1 === pages.length ? done : null,
          unit: 'records',
        });
    }
    return {
      memories: counts.memory,
      codeUnits: counts.code_unit,
      tombstones: 0,
      vectors: 0,
      contentDigest: null,
      warnings: [...notes, ...warnings],
    };
  }

  async *read(options: WorkOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    const items = this.#listed();
    for (const path of this.#base.pages) {
      await using page = await this.#page(path);
      for await (const found of readPage(page.handle, path === '' ? 'line' : path, options)) {
        items.add(found);
        if (items.isFull) yield items.take();
      }
    }
    for (const missing of items.missing()) {
      items.push(missing);
      if (items.isFull) yield items.take();
    }
    yield items.take();
  }

  /** Nothing yet but what should come. */
  #listed(): Items {
    const items = new Items(dateOf(this.header));
    const { manifest, pages, passedOver = [], leftOut = [] } = this.#base;
    // What lies behind a link is not read, and so not missing.
    const isPassedOver = (path: string): boolean =>
      passedOver.some(other => path === other || path.startsWith(`${other}/`));
    // A page that is gone may have become one of the files that were left out.
    const read = new Set(pages);
    const unread = leftOut.length > 1 ? `${leftOut[0]} or ${leftOut.length - 1} others` : leftOut[0];
    for (const { kind, ids, path } of manifest?.files ?? [])
      if (!isPassedOver(path)) items.list(kind, ids, path, read.has(path) ? null : (unread ?? null));
    return items;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #page(path: string): Promise<{ readonly handle: ReadableFile } & AsyncDisposable> {
    const handle = await this.#open(path);
    return {
      handle,
      [Symbol.asyncDispose]: async () => void (handle === this.#handle || (await handle.close())),
    };
  }
}

function recordOf(entry: Entry): JsonObject {
  return entry.kind === 'memory' ? memoryRecord(entry.record) : codeUnitRecord(entry.record);
}

function dateOf({ export_date: date }: JsonObject): Instant | null {
  return typeof date === 'string' ? parseInstant(date) : null;
}

/** Makes items of what pages hold, in batches, and remembers ids: which came already, and which should have come. */
class Items {
  readonly #exportDate: Instant | null;
  readonly #counts: Record<RecordKind, number> = { memory: 0, code_unit: 0 };
  readonly #seen: Readonly<Record<RecordKind, Set<string>>> = { memory: new Set(), code_unit: new Set() };
  /** By id the file that had it, and where it may be now. */
  readonly #listed: Readonly<Record<RecordKind, Map<string, Pick<SourceMissing, 'place' | 'mayBeIn'>>>> = {
    memory: new Map(),
    code_unit: new Map(),
  };
  #batch: SourceItem[] = [];
  #size = 0;

  constructor(exportDate: Instant | null) {
    this.#exportDate = exportDate;
  }

  get isFull(): boolean {
    return this.#batch.length >= BATCH_RECORDS || this.#size >= BATCH_SIZE;
  }

  list(kind: RecordKind, ids: readonly string[], place: string, mayBeIn: string | null = null): void {
    const listed = { place, mayBeIn };
    for (const id of ids) this.#listed[kind].set(id, listed);
  }

  add(found: Found): void {
    if (found.type === 'records') this.list(found.kind, found.ids, 'the file');
    else if (found.type === 'record') this.push(this.#record(found));
    else {
      const { kind, id } = found;
      if (id !== null) this.#seen[kind].add(id);
      this.push({ ...found, position: this.#next(kind) });
    }
  }

  #record({ section, place }: Found & { readonly type: 'record' }): SourceItem {
    const { kind, entry, isEdited } = section;
    const { id } = entry.record;
    const position = this.#next(kind);
    if (this.#seen[kind].has(id)) {
      const reason = `${place}: its id stands there twice; a copy becomes a memory of its own without the line of the id`;
      return { type: 'reject', kind, position, id, reason, text: entry.line };
    }
    this.#seen[kind].add(id);
    const note = 'a section without the hash that it was written with: its dates are taken as they stand';
    const warnings = isEdited === null ? [...section.warnings, note] : section.warnings;
    return {
      type: 'record',
      kind,
      position,
      value: recordOf(entry),
      line: entry.line,
      vector: null,
      warnings,
    };
  }

  push(item: SourceItem): void {
    this.#batch.push(item);
    this.#size += item.type === 'record' ? (item.line?.length ?? 0) : 0;
  }

  take(): readonly SourceItem[] {
    const batch = this.#batch;
    this.#batch = [];
    this.#size = 0;
    return batch;
  }

  *missing(): Generator<SourceMissing> {
    for (const kind of RECORD_KINDS) {
      for (const [id, listed] of this.#listed[kind])
        if (!this.#seen[kind].has(id))
          yield { type: 'missing', kind, id, ...listed, exportedAt: this.#exportDate };
    }
  }

  #next(kind: RecordKind): number {
    this.#counts[kind] += 1;
    return this.#counts[kind] - 1;
  }
}
