import { MemportError } from '../../errors.ts';
import type { ReadableFile } from '../../file-access.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { FEAT038_JSON } from '../legacy/feat038-json.ts';
import { FEAT044_JSON } from '../legacy/feat044-json.ts';
import { TUI_JSON } from '../legacy/tui-json.ts';
import { printable } from '../printable.ts';
import type { FormatName, Source, SourceItem, Verification } from '../source.ts';
import { type Found, type JsonDialect, type JsonHead, RECORD_ARRAYS } from './dialect.ts';
import { hasVector } from './element.ts';
import { fileChunks } from './file-chunks.ts';
import { MEMPORT_JSON } from './memport-json.ts';
import { type JsonEvent, scanJson } from './scanner.ts';
import { checkVersions, olderSchema, versionText } from './versions.ts';

/** In the order in which they are asked whether a file is theirs. */
const DIALECTS: readonly JsonDialect[] = [MEMPORT_JSON, FEAT038_JSON, FEAT044_JSON, TUI_JSON];

/** So many members that are not understood are named. */
const MAX_STRANGE = 10;

export interface JsonHints {
  /** Read it as this, whatever it says it is. */
  readonly format?: 'memport-json' | 'feat038-json' | 'feat044-json' | 'tui-json' | undefined;
  /** Leave the handle open when the source is disposed of. */
  readonly keepOpen?: boolean | undefined;
}

/**
 * Opens a JSON file of memport or of the original system, told apart by content; the members may come in any order. The source owns the handle and closes it, unless `keepOpen`; when this throws, the handle is still the caller's. Throws
 * MemportError `unknown_format` for other files, `integrity` for JSON that is damaged before it says what it is.
 */
export async function openJsonSource(handle: ReadableFile, hints: JsonHints = {}): Promise<Source> {
  await refuseOther(handle);
  const head = await readHead(handle, hints);
  const dialect = dialectOf(head, hints);
  if (dialect === null) throw unknownFormat();
  return new JsonSource(handle, hints, dialect, head);
}

/** The top-level members but for the records, as far as they were read. */
interface Head extends JsonHead {
  readonly members: Map<string, JsonValue>;
  readonly arrays: Set<string>;
  /** Names of members that are not kept: too large, or a list that the format does not have. */
  readonly strange: Set<string>;
}

class JsonSource implements Source {
  readonly #handle: ReadableFile;
  readonly #hints: JsonHints;
  #dialect: JsonDialect;
  #head: Head;
  #found: Found | null = null;

  constructor(handle: ReadableFile, hints: JsonHints, dialect: JsonDialect, head: Head) {
    this.#handle = handle;
    this.#hints = hints;
    this.#dialect = dialect;
    this.#head = head;
  }

  get format(): FormatName {
    return this.#dialect.format;
  }

  get system(): string {
    return this.#dialect.system;
  }

  get version(): string {
    return versionText(this.header, 'version');
  }

  get schemaVersion(): string {
    return versionText(this.header, 'schema_version');
  }

  get header(): JsonObject {
    return Object.fromEntries(this.#head.members);
  }

  get migrations(): readonly string[] {
    return this.#dialect.migrations;
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    const head = newHead();
    const found = await this.#count(head, options);
    this.#head = head;
    const dialect = dialectOf(head, this.#hints);
    if (dialect !== null && dialect !== this.#dialect) {
      // Only the end of the file said who wrote it.
      this.#dialect = dialect;
      return this.verify(options);
    }
    const notes = checkVersions(this.header, this.#dialect.versions);
    if (!head.arrays.has('memories')) throw new MemportError('integrity', 'there is no list of memories');
    const strange = this.#strange(head).map(name => `${printable(name)} is not understood and was left out`);
    const warnings = [...notes, ...this.#dialect.check(this.header, found), ...strange];
    this.#found = found;
    return { ...found, contentDigest: null, warnings };
  }

  async *read(options: WorkOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    let count = 0;
    const { header } = this;
    for await (const events of scanJson(fileChunks(this.#handle, 'reading', options), RECORD_ARRAYS)) {
      let items: SourceItem[] = [];
      for (const event of events) {
        const item = event.type === 'element' ? this.#dialect.read(event, header) : null;
        if (item === null) continue;
        count += 1;
        if (items.length > 0 && (items[0]?.type === 'tombstone') !== (item.type === 'tombstone')) {
          yield items;
          items = [];
        }
        items.push(item);
      }
      if (items.length > 0) yield items;
    }
    const { memories, codeUnits, tombstones } = this.#found ?? {
      memories: count,
      codeUnits: 0,
      tombstones: 0,
    };
    if (count !== memories + codeUnits + tombstones)
      throw new MemportError('integrity', 'the file was changed while it was being read');
  }

  async #count(head: Head, options: WorkOptions): Promise<Found> {
    const found = { memories: 0, codeUnits: 0, tombstones: 0, vectors: 0 };
    for await (const events of scanJson(fileChunks(this.#handle, 'verifying', options), RECORD_ARRAYS)) {
      for (const event of events) {
        note(head, event);
        if (event.type !== 'element') continue;
        const kind = this.#dialect.kindOf(event);
        if (kind === null) head.strange.add(event.array);
        else if (kind === 'memory') found.memories += 1;
        else if (kind === 'code_unit') found.codeUnits += 1;
        else found.tombstones += 1;
        if (kind !== null && hasVector(event)) found.vectors += 1;
      }
    }
    return found;
  }

  /** What the format does not have. Steps may read what an older shape of it had. */
  #strange(head: Head): readonly string[] {
    const isOlder = olderSchema(this.schemaVersion) !== null;
    const unknown = [...head.members.keys()].filter(name => !isOlder && !this.#dialect.members.has(name));
    return [...new Set([...unknown.map(name => name.slice(0, 100)), ...head.strange])].slice(0, MAX_STRANGE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hints.keepOpen) await this.#handle.close();
  }
}

/** Refuses what is not the beginning of a JSON object with a key, before the scanner would call it damaged. */
async function refuseOther(handle: ReadableFile): Promise<void> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
  const beginning = buffer.toString('latin1', 0, bytesRead).replace(/^\u00ef\u00bb\u00bf/, '');
  if (!/^\s*\{\s*(?:["}]|$)/.test(beginning)) throw unknownFormat();
}

/** Reads until the file has said what it is: usually up to its first record, at worst to its end. */
async function readHead(handle: ReadableFile, hints: JsonHints): Promise<Head> {
  const head = newHead();
  for await (const events of scanJson(fileChunks(handle, 'reading'), RECORD_ARRAYS)) {
    for (const event of events) {
      note(head, event);
      if (event.type === 'element' && dialectOf(head, hints) !== null) return head;
    }
  }
  return head;
}

function newHead(): Head {
  return { members: new Map(), arrays: new Set(), strange: new Set() };
}

function note(head: Head, event: JsonEvent): void {
  if (event.type === 'array') head.arrays.add(event.name);
  if (event.type !== 'member') return;
  if (event.value !== undefined) head.members.set(event.name, event.value);
  else if (head.strange.size < MAX_STRANGE) head.strange.add(event.name.slice(0, 100));
}

function dialectOf(head: Head, hints: JsonHints): JsonDialect | null {
  const fits = (dialect: JsonDialect): boolean =>
    hints.format === undefined ? dialect.claims(head) : dialect.format === hints.format;
  return DIALECTS.find(fits) ?? null;
}

function unknownFormat(): MemportError {
  return new MemportError('unknown_format', 'this is no JSON file that memport knows', {
    hint: 'understood: JSON of memport, and of claude-memory-server its FEAT-038, FEAT-044 and terminal browser exports',
  });
}
