import type { ReadableFile } from '../../file-access.ts';
import { isId } from '../../model/id.ts';
import { instantFromMilliseconds } from '../../model/instant.ts';
import { inMib } from '../../model/limits.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { RecordKind } from '../../model/record.ts';
import { fileChunks } from '../json/file-chunks.ts';
import { rejectText } from '../reject-text.ts';
import { readFrontMatter, readGroup, surroundingsOf } from './front-matter.ts';
import { CODE_UNIT_MARK, RECORDS_COMMENT } from './layout.ts';
import {
  type ReadSection,
  readSection,
  refuseMetadata,
  SectionError,
  type Surroundings,
} from './read-section.ts';
import { YamlError } from './read-yaml.ts';
import { MAX_PART_BYTES, type Part, scanParts } from './scanner.ts';

/** What is found in a page, in its order. */
export type Found =
  | { readonly type: 'record'; readonly section: ReadSection; readonly place: string }
  | {
      readonly type: 'reject';
      readonly kind: RecordKind;
      readonly id: string | null;
      readonly reason: string;
      readonly text: string;
    }
  | { readonly type: 'records'; readonly kind: RecordKind; readonly ids: readonly string[] };

/** Reads what a page holds. `name`: how it is called in messages, which name the line too. */
export async function* readPage(
  handle: ReadableFile,
  name: string,
  options: WorkOptions = {},
): AsyncGenerator<Found> {
  const { mtimeMs } = await handle.stat();
  const reader = new PageReader(name, {
    project: null,
    category: null,
    generated: null,
    fallback: instantFromMilliseconds(Math.floor(mtimeMs ?? 0)),
  });
  for await (const part of scanParts(fileChunks(handle, 'reading', { signal: options.signal })))
    yield* reader.part(part);
}

class PageReader {
  readonly #name: string;
  #around: Surroundings;
  #groups = 0;

  constructor(name: string, around: Surroundings) {
    this.#name = name;
    this.#around = around;
  }

  *part(part: Part): Generator<Found> {
    try {
      const text = textOf(part);
      if (part.type === 'head') this.#head(text);
      else if (part.type === 'group') this.#group(text);
      else if (part.type === 'records') yield* recordsOf(text);
      else
        yield {
          type: 'record',
          section: readSection(text, this.#around),
          place: `${this.#name}:${part.line}`,
        };
    } catch (error) {
      const { message, line, id } = sectionError(error);
      const { text, note } = rejectText(part.bytes);
      const start = text.slice(0, 4096);
      const kind = start.includes(CODE_UNIT_MARK) ? 'code_unit' : 'memory';
      yield {
        type: 'reject',
        kind,
        id: id ?? /^id: ([0-9a-f-]{36})\r?$/m.exec(start)?.[1] ?? null,
        reason: `${this.#name}:${part.line + line}: ${message}${note}`,
        text,
      };
    }
  }

  #head(text: string): void {
    const front = readFrontMatter(text);
    if (front !== null) this.#around = surroundingsOf(front, this.#around);
    refuseMetadata(text.split('\n'), 0);
  }

  /** The title of a page says nothing; another heading of level 1 begins a group, or has divided a memory. */
  #group(text: string): void {
    this.#groups += 1;
    refuseMetadata(text.split('\n'), 1);
    const group = readGroup(text);
    if (group !== null) this.#around = surroundingsOf(group, this.#around);
    else if (this.#groups > 1)
      throw new SectionError(
        'a heading of level 1 belongs to no memory; within one they begin at level 3',
        0,
      );
  }
}

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf({ bytes, isTooLong }: Part): string {
  if (isTooLong) throw new SectionError(`longer than ${inMib(MAX_PART_BYTES)}`, 0);
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new SectionError('not UTF-8', 0);
  }
}

function sectionError(error: unknown): {
  readonly message: string;
  readonly line: number;
  readonly id: string | null;
} {
  if (error instanceof SectionError) return error;
  if (error instanceof YamlError)
    return {
      message: `what the page says of itself can't be read: ${error.message}`,
      line: error.line,
      id: null,
    };
  throw error;
}

/** The ids that the list of a single file has: lines of JSON, `{"memories":[…]}` or `{"code_units":[…]}`. */
function* recordsOf(text: string): Generator<Found> {
  for (const line of text.split('\n')) {
    if (line === RECORDS_COMMENT || line === '' || line === '-->') continue;
    const [, list, ids = ''] = /^\{"(memories|code_units)":\[([0-9a-f",-]*)\]\}$/.exec(line) ?? [];
    if (list === undefined) throw new SectionError('the list of records was changed', 0);
    const kind = list === 'memories' ? 'memory' : 'code_unit';
    yield {
      type: 'records',
      kind,
      ids: ids
        .split(',')
        .map(id => id.slice(1, -1))
        .filter(isId),
    };
  }
}
