import type { JsonObject } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { FEAT038_JSON } from '../legacy/feat038-json.ts';
import { FEAT044_JSON } from '../legacy/feat044-json.ts';
import { TUI_JSON } from '../legacy/tui-json.ts';
import type { Losses, Lost } from '../lost.ts';
import type { OpenedFile } from '../opened-file.ts';
import type { FormatName, Source, SourceItem, Verification } from '../source.ts';
import { CompactSplitter } from './compact-splitter.ts';
import type { JsonDialect } from './dialect.ts';
import { fileChunks } from './file-chunks.ts';
import { MEMPORT_JSON } from './memport-json.ts';
import { recordIndent } from './record-indent.ts';
import { RecordSplitter, type Splitter } from './record-splitter.ts';
import { refuseNewer, versionOf } from './refuse-newer.ts';
import { declaredCount, salvagedHeader } from './salvage-header.ts';
import { salvagedForeignItem, salvagedItem } from './salvage-item.ts';
import { MAX_ELEMENT_BYTES } from './scanner.ts';

const DIALECTS: readonly JsonDialect[] = [MEMPORT_JSON, FEAT038_JSON, FEAT044_JSON, TUI_JSON];
const BEGINNING = 1024 * 1024;

/**
 * Reads what is whole in a damaged JSON export. Nothing in JSON proves a record: one whose text can be read is taken as
 * it stands. Owns the file. `verify` throws `newer_version`; it does not throw for damage.
 */
export class RecoveredJson implements Source {
  readonly #file: OpenedFile;
  readonly #losses: Losses;
  readonly #from: FormatName | undefined;
  #indent: string | null = null;
  #dialect: JsonDialect = MEMPORT_JSON;
  header: JsonObject = {};
  lost: Lost | null = null;

  constructor(file: OpenedFile, losses: Losses, from: FormatName | undefined) {
    this.#file = file;
    this.#losses = losses;
    this.#from = from;
  }

  get format(): FormatName {
    return this.#dialect.format;
  }

  get system(): string {
    return this.#dialect.system;
  }

  get version(): string {
    return versionOf(this.header, 'version');
  }

  get schemaVersion(): string {
    return versionOf(this.header, 'schema_version');
  }

  get migrations(): readonly string[] {
    return this.#dialect.migrations;
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    const { bytesRead, buffer } = await this.#file.handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    this.#indent = recordIndent(buffer.toString('latin1', 0, bytesRead));
    await this.#readHeader(options);
    const found = { memories: 0, codeUnits: 0, tombstones: 0, vectors: 0 };
    let rejected = 0;
    for await (const items of this.read(options)) {
      for (const item of items) {
        if (item.type === 'reject') rejected += 1;
        else found[countOf(item)] += 1;
        if (item.type === 'record' && item.vector !== null) found.vectors += 1;
      }
    }
    for (let n = 0; n < rejected; n += 1) this.#losses.add('a record is damaged');
    const listed = { ...found, memories: found.memories + rejected };
    const isOurs = this.#dialect === MEMPORT_JSON;
    const memories = declaredCount(this.header, 'memory_count', 'total_count', 'count');
    this.lost = this.#losses.report(
      {
        ...(memories !== undefined && { memories: isOurs ? memories : memories - listed.codeUnits }),
        codeUnits: isOurs ? (declaredCount(this.header, 'code_unit_count') ?? 0) : 0,
        tombstones: isOurs ? (declaredCount(this.header, 'tombstone_count') ?? 0) : 0,
        vectors: 0,
      },
      listed,
    );
    return { ...found, contentDigest: null, warnings: [] };
  }

  async *read(options: WorkOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    const splitter = this.#splitter();
    let position = 0;
    for await (const chunk of fileChunks(this.#file.handle, 'reading', options)) {
      const items = splitter.push(chunk).map(fragment => this.#item(fragment, position++));
      if (items.length > 0) yield items;
    }
    const last = splitter.end().map(fragment => this.#item(fragment, position++));
    if (last.length > 0) yield last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  #item(fragment: Parameters<typeof salvagedItem>[0], position: number): SourceItem {
    return this.#dialect === MEMPORT_JSON
      ? salvagedItem(fragment, position)
      : salvagedForeignItem(fragment, position, this.#dialect, this.header);
  }

  #splitter(): Splitter {
    return this.#indent === null
      ? new CompactSplitter(MAX_ELEMENT_BYTES)
      : new RecordSplitter(this.#indent, MAX_ELEMENT_BYTES);
  }

  async #readHeader(options: WorkOptions): Promise<void> {
    const splitter = this.#splitter();
    for await (const chunk of fileChunks(this.#file.handle, 'verifying', options)) splitter.push(chunk);
    splitter.end();
    this.header = salvagedHeader(splitter.around);
    const head = { members: new Map(Object.entries(this.header)), arrays: new Set(['memories']) };
    const named = DIALECTS.find(({ format }) => format === this.#from);
    // memport alone writes a record a line without indentation.
    const guessed = this.#indent === '' ? MEMPORT_JSON : FEAT038_JSON;
    this.#dialect = named ?? DIALECTS.find(dialect => dialect.claims(head)) ?? guessed;
    refuseNewer(this.header);
  }
}

function countOf(item: SourceItem): 'memories' | 'codeUnits' | 'tombstones' {
  if (item.type === 'tombstone') return 'tombstones';
  return item.type === 'record' && item.kind === 'code_unit' ? 'codeUnits' : 'memories';
}
