import { MemportError } from '../../errors.ts';
import { type Filter, filterRecord, isEverything } from '../../model/filter.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { isLonger, MAX_RECORD_BYTES } from '../../model/limits.ts';
import { recordTooLong } from '../record-too-long.ts';
import { memberPlace } from './member-place.ts';
import { Output, type Sink } from './output.ts';

/** What the file says about itself before its records. */
export interface JsonFileHeader {
  /** `memport x.y.z` */
  readonly generator: string;
  readonly exportDate: Instant;
  readonly filter: Filter;
  readonly memoryCount: number;
  /** null: a file without code units. */
  readonly codeUnitCount: number | null;
  /** Whether each record gets an `embedding`, `[]` where it has no vector. */
  readonly embeddings: boolean;
}

export interface JsonFileRecord {
  readonly id: string;
  /** Canonical, without `embedding`. */
  readonly line: string;
  /** Written only in a file with embeddings. */
  readonly vector: Float32Array | null;
}

type Section = 'memories' | 'code_units';

/**
 * Writes a memport JSON file (spec 2.3) into a sink: first all memories, then all code units, each in ascending order
 * of id, in as many pages as the caller likes, then `finish`. One record a line, and each line canonical, also with
 * `embedding` in it. The same calls give the same bytes. It writes no record that the header did not announce: where
 * the counts differ, `finish` throws MemportError `integrity`.
 */
export class JsonFileWriter {
  readonly #output: Output;
  readonly #header: JsonFileHeader;
  readonly #counts: Record<Section, number> = { memories: 0, code_units: 0 };
  #section: Section | null = null;

  constructor(sink: Sink, header: JsonFileHeader) {
    this.#output = new Output(sink);
    this.#header = header;
  }

  async memories(page: readonly JsonFileRecord[]): Promise<void> {
    await this.#begin('memories');
    for (const record of page) await this.#record('memories', record);
  }

  async codeUnits(page: readonly JsonFileRecord[]): Promise<void> {
    await this.#begin('code_units');
    for (const record of page) await this.#record('code_units', record);
  }

  /** Ends the object and hands the rest to the sink. */
  async finish(): Promise<void> {
    await this.#begin(this.#header.codeUnitCount === null ? 'memories' : 'code_units');
    await this.#text('\n]\n}\n');
    await this.#output.flush();
    this.#checkCount('memories', this.#header.memoryCount);
    this.#checkCount('code_units', this.#header.codeUnitCount ?? 0);
  }

  async #begin(section: Section): Promise<void> {
    if (this.#section === section) return;
    if (this.#section === 'code_units') throw new Error('memories come before code units');
    if (this.#section === null) await this.#text(`{\n${headerText(this.#header)},\n"memories": [`);
    if (section === 'code_units') await this.#text('\n],\n"code_units": [');
    this.#section = section;
  }

  async #record(section: Section, { id, line, vector }: JsonFileRecord): Promise<void> {
    if (isLonger(line, MAX_RECORD_BYTES)) throw recordTooLong(id);
    const numbers = this.#header.embeddings ? (vector ?? new Float32Array(0)) : null;
    await this.#output.reserve(line.length + 32, numbers?.length ?? 0);
    this.#output.text(this.#counts[section] === 0 ? '\n' : ',\n');
    this.#counts[section] += 1;
    if (numbers === null) this.#output.text(line);
    else this.#lineWith(numbers, line);
  }

  #lineWith(numbers: Float32Array, line: string): void {
    const place = memberPlace(line, 'embedding');
    const isLast = line[place] === '}';
    const isFirst = line[place - 1] === '{';
    this.#output.text(`${line.slice(0, place)}${isLast && !isFirst ? ',' : ''}"embedding":[`);
    this.#output.numbers(numbers);
    this.#output.text(`]${isLast ? '' : ','}${line.slice(place)}`);
  }

  async #text(text: string): Promise<void> {
    await this.#output.reserve(text.length, 0);
    this.#output.text(text);
  }

  #checkCount(section: Section, announced: number): void {
    const written = this.#counts[section];
    if (written === announced) return;
    throw new MemportError(
      'integrity',
      `${written} ${section} written, but the file's head says ${announced}`,
    );
  }
}

function headerText(header: JsonFileHeader): string {
  const members = Object.entries({
    version: '1.0.0',
    schema_version: '3.0.0',
    generator: header.generator,
    export_date: formatInstant(header.exportDate),
    export_type: isEverything(header.filter) ? 'full' : 'filtered',
    filters: filtersMember(header.filter),
    memory_count: header.memoryCount,
    ...(header.codeUnitCount !== null && { code_unit_count: header.codeUnitCount }),
  });
  return members.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n');
}

/**
 * The five keys of the original, each a text or null. It knows one value for each: where there are several, its key is
 * null. What was asked exactly is under `memport`.
 */
function filtersMember(filter: Filter): JsonObject {
  const only = (values: readonly string[]): string | null =>
    values.length === 1 ? (values[0] ?? null) : null;
  return {
    project_name: only(filter.projects),
    category: only(filter.categories),
    context_level: null,
    since_date: filter.since === null ? null : formatInstant(filter.since),
    until_date: filter.until === null ? null : formatInstant(filter.until),
    ...(!isEverything(filter) && { memport: filterRecord(filter) }),
  };
}
