import { join } from 'node:path';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { IndexedFile, Store } from '../store/store.ts';
import { codeUnits } from './code-units.ts';
import type { IndexTally } from './index-report.ts';
import { fileHash, parseFile } from './parse-file.ts';
import { readSource } from './read-source.ts';
import type { UnitVectors } from './unit-vectors.ts';
import { type FileUnits, writeFiles } from './write-files.ts';

/** A batch is written when it has so many units or characters: large enough to be quick, small enough to lose little. */
const BATCH_UNITS = 1000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;
const BATCH_FILES = 500;

interface FileRequest {
  readonly store: Store;
  readonly project: string;
  readonly root: string;
  readonly nowMs: number;
  readonly all?: boolean;
}

/** Takes files one after the other, parses those that changed and writes them in batches. */
export class FileIndexer {
  readonly #request: FileRequest;
  readonly #known: ReadonlyMap<string, IndexedFile>;
  readonly #vectors: UnitVectors;
  readonly #tally: IndexTally;
  readonly #signal: AbortSignal | undefined;
  #batch: FileUnits[] = [];
  #size = { units: 0, characters: 0 };

  constructor(
    request: FileRequest,
    known: ReadonlyMap<string, IndexedFile>,
    vectors: UnitVectors,
    tally: IndexTally,
    signal: AbortSignal | undefined,
  ) {
    this.#request = request;
    this.#known = known;
    this.#vectors = vectors;
    this.#tally = tally;
    this.#signal = signal;
  }

  /** A file that was found. */
  async add(path: string): Promise<void> {
    const source = await readSource(join(this.#request.root, path));
    if (source.type === 'unreadable') this.#tally.unreadable.push({ path, reason: source.reason });
    else if (source.type === 'gone' && path.includes('\ufffd'))
      this.#tally.unreadable.push({ path, reason: 'its name is not UTF-8' });
    else if (source.type === 'gone') await this.remove(path);
    else if (source.type === 'skipped') {
      this.#tally.skip(source.reason);
      await this.remove(path);
    } else await this.#addBytes(path, source.bytes);
  }

  /** A file that is gone or not to be indexed. */
  async remove(path: string): Promise<void> {
    if (!this.#known.has(path)) return;
    this.#tally.removed += 1;
    await this.#put({ path, units: [] });
  }

  async flush(): Promise<void> {
    const files = this.#batch;
    if (files.length === 0) return;
    this.#batch = [];
    this.#size = { units: 0, characters: 0 };
    const { store, project, all = false } = this.#request;
    const context = { store, project, vectors: this.#vectors, remake: all, signal: this.#signal };
    const written = await writeFiles(files, context);
    this.#tally.written += written.written;
    this.#tally.units.added += written.added;
    this.#tally.units.changed += written.changed;
    this.#tally.units.removed += written.removed;
    this.#tally.units.unchanged += written.unchanged;
  }

  async #addBytes(path: string, bytes: Buffer): Promise<void> {
    const hash = fileHash(bytes);
    const known = this.#known.get(path);
    if (known?.fileHash === hash && this.#request.all !== true) {
      this.#tally.unchanged += 1;
      const lacksVectors = known.vectors < known.units && this.#vectors.canMake;
      if (lacksVectors) await this.#put({ path, units: null });
      else this.#tally.units.unchanged += known.units;
      return;
    }
    const file = await parseFile(path, bytes);
    if (typeof file === 'string') {
      this.#tally.skip(file);
      return this.remove(path);
    }
    this.#tally.parsed += 1;
    if (file.isBroken) this.#tally.broken.push(path);
    const { project, nowMs } = this.#request;
    const indexedAt = instantFromMilliseconds(nowMs);
    await this.#put({ path, units: codeUnits(file, { project, path, hash, indexedAt }) });
  }

  async #put(file: FileUnits): Promise<void> {
    this.#batch.push(file);
    this.#size.units += file.units?.length ?? this.#known.get(file.path)?.units ?? 0;
    this.#size.characters += file.units?.reduce((sum, { content }) => sum + content.length, 0) ?? 0;
    const isFull =
      this.#size.units >= BATCH_UNITS ||
      this.#size.characters >= BATCH_CHARACTERS ||
      this.#batch.length >= BATCH_FILES;
    if (isFull) await this.flush();
  }
}
