import type { RecordKind } from '../../../model/record.ts';
import type { ReadOptions, SourceItem } from '../../source.ts';
import type { ArchiveIndex, KindIndex } from '../archive-index.ts';
import type { Container } from '../container/container.ts';
import { CODE_UNITS, MEMORIES, PROJECTS } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { VectorCursors } from '../npz/vector-cursors.ts';
import { type RecordArray, type RecordFileName, recordArrays } from './record-files.ts';
import { textOf } from './record-id.ts';
import { readRecordLine } from './record-line.ts';
import { RecordLines } from './record-lines.ts';
import { type LabelledVector, sourceRecord } from './source-record.ts';

/** Large enough for statements over many rows; of a larger one more is alive at the same time, and is collected later. */
const BATCH = 250;
/** A batch of this much text is full, however few its records. */
const BATCH_TEXT = 2 * 1024 * 1024;

/** The records of a verified archive with their vectors, its tombstones and projects, in the order of the file. */
export async function* readArchive(
  container: Container,
  manifest: Manifest,
  index: ArchiveIndex,
  options: ReadOptions,
): AsyncGenerator<readonly SourceItem[]> {
  const total = manifest.memoryCount + manifest.codeUnitCount;
  let done = 0;
  for (const file of [MEMORIES, PROJECTS, CODE_UNITS] as const) {
    const arrays = recordArrays(file, manifest).filter(array => isWanted(array, options.only));
    if (arrays.length === 0) continue;
    const reading = new FileReading(container, manifest, index, file, arrays, options.signal);
    try {
      for await (const batch of reading.batches()) {
        yield batch;
        done += batch.filter(({ type }) => type === 'record' || type === 'reject').length;
        options.onProgress?.({ phase: 'reading', done, total, unit: 'records' });
      }
    } finally {
      await reading.close();
    }
  }
}

function isWanted({ name, count }: RecordArray, only: ReadOptions['only']): boolean {
  if (only === undefined) return true;
  const kind = name === 'memories' ? 'memory' : name === 'semantic_units' ? 'code_unit' : 'others';
  return kind === only && count > 0;
}

interface Line {
  readonly array: RecordArray;
  readonly line: string;
  readonly position: number;
}

/** Reads one file of records, and beside it the vectors of these records. */
class FileReading {
  readonly #file: RecordFileName;
  readonly #manifest: Manifest;
  readonly #chunks: AsyncIterable<Buffer>;
  readonly #size: number;
  readonly #kind: RecordKind;
  readonly #index: KindIndex;
  readonly #cursors: VectorCursors;
  readonly #wanted: ReadonlySet<string>;

  constructor(
    container: Container,
    manifest: Manifest,
    index: ArchiveIndex,
    file: RecordFileName,
    wanted: readonly RecordArray[],
    signal: AbortSignal | undefined,
  ) {
    this.#wanted = new Set(wanted.map(({ name }) => name));
    const place = index.places.get(file) ?? { start: 0, size: 0 };
    this.#file = file;
    this.#manifest = manifest;
    this.#chunks = container.bytes(place.start, { signal, passing: true });
    this.#size = place.size;
    this.#kind = file === MEMORIES ? 'memory' : 'code_unit';
    this.#index = file === MEMORIES ? index.memories : index.codeUnits;
    this.#cursors = new VectorCursors(container, this.#index, signal);
  }

  async *batches(): AsyncGenerator<readonly SourceItem[]> {
    let items: SourceItem[] = [];
    let text = 0;
    for await (const lines of this.#lines()) {
      for (const line of lines) {
        const item = this.#item(line, this.#readyVector(line) ?? (await this.#nextVector(line)));
        const isOther = items.length > 0 && (items[0]?.type === 'tombstone') !== (item.type === 'tombstone');
        if (isOther || items.length >= BATCH || text >= BATCH_TEXT) {
          yield items;
          items = [];
          text = 0;
        }
        items.push(item);
        text += line.line.length;
      }
    }
    if (items.length > 0) yield items;
  }

  async close(): Promise<void> {
    await this.#cursors.close();
  }

  async *#lines(): AsyncGenerator<readonly Line[]> {
    let found: Line[] = [];
    const lines = new RecordLines(this.#file, recordArrays(this.#file, this.#manifest), {
      line: (array, line, position) => {
        if (this.#wanted.has(array.name)) found.push({ array, line, position });
      },
      bytes: () => {},
    });
    let missing = this.#size;
    for await (const chunk of this.#chunks) {
      const piece = chunk.subarray(0, missing);
      missing -= piece.length;
      lines.push(piece);
      yield found;
      found = [];
      if (missing === 0) break;
    }
    lines.end();
  }

  #item({ array, line, position }: Line, vector: LabelledVector | null): SourceItem {
    switch (array.name) {
      case 'tombstones':
        return { type: 'tombstone', value: readRecordLine(textOf(line)).value };
      case 'projects':
        return { type: 'project', value: readRecordLine(textOf(line)).value };
      default:
        return sourceRecord({ kind: this.#kind, position, line }, this.#index.ids, vector);
    }
  }

  /** As #nextVector where that needs no waiting, which most need not: a promise for each would take its time. */
  #readyVector(line: Line): LabelledVector | null {
    const group = this.#groupOf(line);
    const vector = group === -1 ? null : this.#cursors.ready(group);
    return vector && { model: this.#modelOf(group), vector };
  }

  /** The record's own vector, if it has one, and the model by which its group is labelled. */
  async #nextVector(line: Line): Promise<LabelledVector | null> {
    const group = this.#groupOf(line);
    const vector = group === -1 ? null : await this.#cursors.next(group);
    return vector && { model: this.#modelOf(group), vector };
  }

  /** The number of the group in which the record of a line has its vector; -1 without one. */
  #groupOf({ array, position }: Line): number {
    if (array.name === 'tombstones' || array.name === 'projects') return -1;
    return this.#index.groupOf(position) ?? -1;
  }

  #modelOf(group: number): string | null {
    return this.#index.groups[group]?.model ?? null;
  }
}
