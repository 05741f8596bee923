import { canonicalJson } from '../../model/canonical.ts';
import { isId } from '../../model/id.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { parseRecordLine } from '../../model/json-parse.ts';
import type { RecordKind } from '../../model/record.ts';
import { blocksOf } from './scanner.ts';

/** A file of a knowledge base as it was written, and the ids of the records in it, in their order. */
export interface ListedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Of what stands before the first section. */
  readonly headSha256: string;
  readonly kind: RecordKind;
  readonly ids: readonly string[];
}

/** What a folder holds: JSON Lines, the header first, then each file in the order of its path. */
export interface Manifest {
  readonly header: JsonObject;
  readonly files: readonly ListedFile[];
}

const LISTS: Readonly<Record<RecordKind, string>> = { memory: 'memories', code_unit: 'code_units' };
const MAX_VALUES = 1_000_000;

/** A line of text, with its newline, for the header and each file: a diff shows which pages changed. */
export function* manifestLines({ header, files }: Manifest): Generator<string> {
  yield `${canonicalJson({ ...header, files: files.length })}\n`;
  for (const file of files) yield `${canonicalJson(fileRecord(file))}\n`;
}

/**
 * Reads a manifest, in flat memory: `see` is told of each file. Resolves to the header; to null for what is no manifest, or
 * one that was cut off or changed by hand, of which nothing counts. Only paths that an export gives are taken: nobody is
 * led out of the folder by one.
 */
export async function scanManifest(
  chunks: AsyncIterable<Uint8Array>,
  see: (file: ListedFile) => Promise<void> | void,
): Promise<JsonObject | null> {
  let header: JsonObject | null = null;
  let count = 0;
  try {
    for await (const block of blocksOf(chunks)) {
      for (const line of block.toString('utf8').split(/\r?\n/)) {
        if (line === '') continue;
        const object = parseRecordLine(line, { maxValues: MAX_VALUES });
        if (header === null) header = object;
        else {
          await see(fileOf(object));
          count += 1;
        }
      }
    }
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return header?.files === count ? header : null;
}

function fileRecord({ path, bytes, sha256, headSha256, kind, ids }: ListedFile): JsonObject {
  return { path, bytes, sha256, head_sha256: headSha256, [LISTS[kind]]: ids };
}

function fileOf(record: JsonObject): ListedFile {
  const { path, bytes, sha256, head_sha256: headSha256, memories, code_units: units } = record;
  if (typeof path !== 'string' || typeof bytes !== 'number') throw new SyntaxError('no file');
  if (typeof sha256 !== 'string' || typeof headSha256 !== 'string') throw new SyntaxError('no file');
  if (!isPagePath(path)) throw new SyntaxError('no path of a page');
  const kind = units === undefined ? 'memory' : 'code_unit';
  return { path, bytes, sha256, headSha256, kind, ids: idsOf(units ?? memories) };
}

/** `index.md`, or a page in a folder: no way out, nothing hidden. */
export function isPagePath(path: string): boolean {
  return /^(?:[^./\\:\p{Cc}][^/\\:\p{Cc}]*\/)?[^./\\:\p{Cc}][^/\\:\p{Cc}]*\.md$/u.test(path);
}

function idsOf(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) throw new SyntaxError('no ids');
  return value.map(id => {
    if (typeof id !== 'string' || !isId(id)) throw new SyntaxError('no id');
    return id;
  });
}
