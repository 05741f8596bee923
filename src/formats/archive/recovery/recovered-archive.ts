import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import { parseExactJson } from '../../../model/json-parse.ts';
import type { WorkOptions } from '../../../model/progress.ts';
import { refuseNewer, versionOf } from '../../json/refuse-newer.ts';
import { declaredCount, salvagedHeader } from '../../json/salvage-header.ts';
import { salvagedForeignItem, salvagedItem } from '../../json/salvage-item.ts';
import { FEAT038_JSON } from '../../legacy/feat038-json.ts';
import type { Losses, Lost, LostCounts } from '../../lost.ts';
import type { OpenedFile } from '../../opened-file.ts';
import type { FormatName, Source, SourceItem, SourceRecord, Verification } from '../../source.ts';
import { CODE_UNIT_VECTORS, MEMORY_VECTORS } from '../layout.ts';
import { SalvageContainer } from './salvage-container.ts';
import { type SalvagedFragment, SalvageNotes, scanFragments } from './salvage-scan.ts';
import { findRows, RowCursor, type RowGroup } from './vector-rows.ts';

type Rows = Readonly<Record<'memory' | 'code_unit', readonly RowGroup[]>>;

/**
 * Reads what is whole in a damaged archive, of memport or of claude-memory-server. `verify` scans it, and throws only for
 * a hostile archive and for `newer_version`. Owns the file.
 */
export class RecoveredArchive implements Source {
  readonly #file: OpenedFile;
  readonly #losses: Losses;
  #container: SalvageContainer | null = null;
  #notes = new SalvageNotes();
  #rows: Rows = { memory: [], code_unit: [] };
  /** Files of records in which blocks are missing or in another order, by their checksums. */
  #suspect: ReadonlySet<string> = new Set();
  header: JsonObject = {};
  lost: Lost | null = null;

  constructor(file: OpenedFile, losses: Losses) {
    this.#file = file;
    this.#losses = losses;
  }

  get format(): FormatName {
    return this.#notes.isFlat ? 'feat038-archive' : 'memport-archive';
  }

  get system(): string {
    return this.#notes.isFlat ? FEAT038_JSON.system : 'memport';
  }

  get version(): string {
    return versionOf(this.header, 'version');
  }

  get schemaVersion(): string {
    return versionOf(this.header, 'schema_version');
  }

  get migrations(): readonly string[] {
    return this.#notes.isFlat ? FEAT038_JSON.migrations : [];
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    this.#container = await SalvageContainer.open(this.#file.handle);
    const notes = new SalvageNotes();
    for await (const fragments of scanFragments(this.#container, notes, options.signal)) void fragments;
    this.#notes = notes;
    this.header = { ...salvagedHeader(notes.around), ...parseManifest(notes.manifest) };
    refuseNewer(this.header);
    for (let gap = 0; gap < notes.gaps; gap += 1)
      this.#losses.add('a part of the archive is damaged or missing');
    if (notes.manifest === null) this.#losses.add('the manifest is missing or damaged');
    this.#suspect = this.#findSuspect(notes);
    for (const member of this.#suspect) this.#losses.add(`${member} does not match its checksum`);
    this.#rows = {
      memory: await this.#findRows(MEMORY_VECTORS, options),
      code_unit: await this.#findRows(CODE_UNIT_VECTORS, options),
    };
    return this.#count(options);
  }

  async *read(options: WorkOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    if (this.#container === null) throw new RangeError('an archive is read after it was verified');
    const cursors = {
      memory: this.#rows.memory.map(group => this.#cursor(group, options)),
      code_unit: this.#rows.code_unit.map(group => this.#cursor(group, options)),
    };
    const positions = { memory: 0, code_unit: 0 };
    try {
      for await (const fragments of scanFragments(this.#container, new SalvageNotes(), options.signal)) {
        const items: SourceItem[] = [];
        for (const found of fragments) {
          const item = this.#item(found);
          if (item === null) continue;
          if (item.type !== 'record' && item.type !== 'reject') items.push(item);
          else {
            const placed = { ...item, position: positions[item.kind]++ };
            items.push(
              placed.type === 'reject' || this.#notes.isFlat
                ? placed
                : await this.#withVector(placed, cursors[item.kind]),
            );
          }
        }
        for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
      }
    } finally {
      for (const cursor of [...cursors.memory, ...cursors.code_unit]) await cursor.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  /** null for what no one would take for a record. */
  #item({ fragment, member }: SalvagedFragment): SourceItem | null {
    const isText = isUtf8(fragment.bytes) && !fragment.bytes.includes(0);
    if (!isText && member === null) return null;
    const untrusted = fragment.isPieced && member !== null && this.#suspect.has(member);
    const taken = untrusted ? { ...fragment, isWhole: false } : fragment;
    const item = this.#notes.isFlat
      ? salvagedForeignItem(taken, 0, FEAT038_JSON, this.header)
      : salvagedItem(taken, 0);
    return item.type === 'reject' && (!isText || item.id === null) ? null : item;
  }

  async #withVector(record: SourceRecord, cursors: readonly RowCursor[]): Promise<SourceRecord> {
    const { id, embedding_model: label = null } = record.value;
    // Vectors of an archive stand in its npz, whatever a record says.
    const bare = record.vector === null ? record : { ...record, vector: null };
    if (typeof id !== 'string') return bare;
    for (const cursor of cursors) {
      const vector = await cursor.find(id);
      if (vector === null) continue;
      const model = this.#model(record.kind, cursor.number);
      return model === undefined || model === label ? { ...bare, vector } : bare;
    }
    return bare;
  }

  /** By the manifest; undefined without it: then the record's own label counts. */
  #model(kind: 'memory' | 'code_unit', number: number): unknown {
    const file = kind === 'memory' ? MEMORY_VECTORS : CODE_UNIT_VECTORS;
    return this.#groups().filter(group => group.file === file)[number]?.model;
  }

  #groups(): readonly JsonObject[] {
    const { embeddings } = this.header;
    return Array.isArray(embeddings) ? (embeddings as readonly unknown[]).filter(isObject) : [];
  }

  async #findRows(member: string, options: WorkOptions): Promise<readonly RowGroup[]> {
    const place = this.#notes.npz.get(member);
    if (place === undefined || this.#container === null) return [];
    return findRows(this.#container, place, options.signal);
  }

  #cursor(group: RowGroup, options: WorkOptions): RowCursor {
    if (this.#container === null) throw new RangeError('an archive is read after it was verified');
    return new RowCursor(this.#container, group, options.signal);
  }

  #findSuspect(notes: SalvageNotes): ReadonlySet<string> {
    const { checksums } = this.header;
    const declared = isObject(checksums) ? checksums : {};
    const differs = ([name, sum]: [string, string]): boolean =>
      typeof declared[name] === 'string' && declared[name] !== `sha256:${sum}`;
    return new Set([...notes.sums].filter(differs).map(([name]) => name));
  }

  async #count(options: WorkOptions): Promise<Verification> {
    const found = { memories: 0, codeUnits: 0, tombstones: 0, vectors: 0 };
    let [done, rejected] = [0, { memory: 0, code_unit: 0 }];
    for await (const items of this.read(options)) {
      for (const item of items) {
        if (item.type === 'tombstone') found.tombstones += 1;
        else if (item.type === 'reject') {
          rejected[item.kind] += 1;
          this.#losses.add('a record is damaged');
        } else if (item.type === 'record') {
          found[item.kind === 'memory' ? 'memories' : 'codeUnits'] += 1;
          if (item.vector !== null) found.vectors += 1;
        }
      }
      done += items.length;
      options.onProgress?.({ phase: 'verifying', done, total: null, unit: 'records' });
    }
    const listed = {
      ...found,
      memories: found.memories + rejected.memory,
      codeUnits: found.codeUnits + rejected.code_unit,
    };
    this.lost = this.#losses.report(this.#declared(listed), listed);
    return { ...found, contentDigest: null, warnings: [] };
  }

  #declared(listed: LostCounts): Partial<LostCounts> {
    const counts = {
      memories: declaredCount(this.header, 'memory_count'),
      codeUnits: declaredCount(this.header, 'code_unit_count'),
      tombstones: declaredCount(this.header, 'tombstone_count'),
    };
    if (this.#notes.isFlat) {
      const { memories } = counts;
      const rest = { codeUnits: 0, tombstones: 0, vectors: 0 };
      return memories === undefined ? rest : { ...rest, memories: memories - listed.codeUnits };
    }
    const known = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
    if (this.#notes.manifest === null || !Array.isArray(this.header.embeddings)) return known;
    return {
      ...known,
      vectors: this.#groups().reduce((sum, group) => sum + (declaredCount(group, 'count') ?? 0), 0),
    };
  }
}

const BATCH = 500;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseManifest(bytes: Buffer | null): JsonObject {
  if (bytes === null) return {};
  try {
    const value = parseExactJson(bytes.toString('utf8'));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
