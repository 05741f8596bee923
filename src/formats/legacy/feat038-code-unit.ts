import { CODE_UNIT_FIELDS } from '../../model/code-unit.ts';
import { parseInstant } from '../../model/instant.ts';
import { isJsonObject, type JsonObject, type JsonValue, NumberToken, withKeys } from '../../model/json.ts';
import { withSource } from '../../model/read-memory.ts';

export const CLAUDE_MEMORY_SERVER = 'claude-memory-server';

type Check = (value: JsonValue) => boolean;
const isText: Check = value => typeof value === 'string';
const isFilledText: Check = value => typeof value === 'string' && value !== '';
const isNumber: Check = value => Number.isFinite(numberOf(value));
const isWhole: Check = value => Number.isSafeInteger(numberOf(value)) && numberOf(value) >= 0;
const isDate: Check = value => typeof value === 'string' && parseInstant(value) !== null;

/** Metadata that has a field of its own: field, key in the metadata, and what the field can hold. The rest stays. */
const LIFTED: readonly (readonly [string, string, Check])[] = [
  ['language', 'language', isText],
  ['unit_type', 'unit_type', isFilledText],
  ['name', 'unit_name', isText],
  ['signature', 'signature', isText],
  ['start_line', 'start_line', isWhole],
  ['end_line', 'end_line', isWhole],
  ['start_byte', 'start_byte', isWhole],
  ['end_byte', 'end_byte', isWhole],
  ['imports', 'imports', Array.isArray],
  ['complexity', 'cyclomatic_complexity', isNumber],
  ['indexed_at', 'indexed_at', isDate],
];
/** Fields that memory and code unit have both. */
const SHARED: ReadonlySet<string> = new Set([
  'id',
  'project_name',
  'content',
  'embedding_model',
  'embedding',
  'metadata',
]);
const HEADER = /^File: (?<path>[^\n]+):\d+-\d+\n[^\n:]+: [^\n]*\n(?:Signature: [\s\S]*?\n)?\nContent:\n/;

/** Whether a memory of the original is a code unit (its indexer kept units as memories) that can be kept as one. */
export function isCodeUnit(record: JsonObject): boolean {
  const { metadata, project_name: project } = record;
  if (!isJsonObject(metadata) || typeof project !== 'string' || project === '') return false;
  return [metadata.unit_type, metadata.file_path].every(value => typeof value === 'string' && value !== '');
}

/**
 * The code unit of spec 1.2 that such a memory stands for. The path relative to the project comes from the header that
 * the indexer put before the source; header and absolute path are kept in `metadata.source`, so that header + content is
 * the memory's content again. What only memories have stays at the top level.
 */
export function codeUnitOf(record: JsonObject): JsonObject {
  const metadata = isJsonObject(record.metadata) ? record.metadata : {};
  const lifted = LIFTED.filter(
    ([, key, fits]) => Object.hasOwn(metadata, key) && fits(metadata[key] ?? null),
  );
  const moved = new Set(['file_path', ...lifted.map(([, key]) => key)]);
  const others = Object.fromEntries(Object.entries(metadata).filter(([key]) => !moved.has(key)));
  const text = typeof record.content === 'string' ? record.content : '';
  const header = HEADER.exec(text);
  const absolute = String(metadata.file_path);
  const path = relativePath(header?.groups?.path, absolute);
  const { kept, displaced } = makeRoom(record);
  return withKeys(kept, {
    name: '',
    indexed_at: record.updated_at ?? record.created_at ?? null,
    ...Object.fromEntries(lifted.map(([field, key]) => [field, metadata[key] ?? null])),
    file_path: path,
    content: header === null ? (record.content ?? null) : text.slice(header[0].length),
    metadata: withSource(withDisplaced(others, displaced), {
      system: CLAUDE_MEMORY_SERVER,
      header: header?.[0] ?? null,
      file_path: path === absolute ? null : absolute,
    }),
  });
}

/** Members that the original did not know, under names that mean something else in a code unit, must give way. */
function makeRoom(record: JsonObject): { readonly kept: JsonObject; readonly displaced: JsonObject } {
  const isDisplaced = (key: string): boolean => CODE_UNIT_FIELDS.has(key) && !SHARED.has(key);
  const members = Object.entries(record);
  return {
    kept: Object.fromEntries(members.filter(([key]) => !isDisplaced(key))),
    displaced: Object.fromEntries(members.filter(([key]) => isDisplaced(key))),
  };
}

function withDisplaced(metadata: JsonObject, displaced: JsonObject): JsonObject {
  if (Object.keys(displaced).length === 0) return metadata;
  let key = 'memport_members';
  while (Object.hasOwn(metadata, key)) key += '_';
  return withKeys(metadata, { [key]: displaced });
}

function relativePath(found: string | undefined, absolute: string): string {
  const isWindows = /^(?:[A-Za-z]:|\\)\\/.test(absolute);
  const path = found ?? absolute;
  return isWindows && found !== undefined ? path.replaceAll('\\', '/') : path;
}

function numberOf(value: JsonValue): number {
  if (value instanceof NumberToken) return Number(value.text);
  return typeof value === 'number' ? value : Number.NaN;
}
