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
const HEADER =
  /^File: (?<path>[^\n]+):\d+-\d+\n[^\n:]+: [^\n]*\n(?:Signature: [\s\S]*?\n)?\nContent:\n/;

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
  const fields = liftedFields(metadata);
  const text = typeof record.content === 'string' ? record.content : '';
  const header = HEADER.exec(text);
  const absolute = String(metadata.file_path);
  const path = relativePath(header?.groups?.path, absolute);
  const lifted = new Set(LIFTED.filter(([field]) => Object.hasOwn(fields, field)).map(([, key]) => key));
  const rest = Object.entries(metadata).filter(([key]) => key !== 'file_path' && !lifted.has(key));
  const displaced = Object.entries(record).filter(([key]) => CODE_UNIT_FIELDS.has(key) && !SHARED.has(key));
  const kept = displaced.length === 0 ? [] : [[freeKey(metadata), Object.fromEntries(displaced)] as const];
  return withKeys(record, {
    name: '',
    ...dates(record),
    ...absentFields(displaced),
    ...fields,
    file_path: path,
    content: header === null ? (record.content ?? null) : text.slice(header[0].length),
    metadata: withSource(Object.fromEntries([...rest, ...kept]), {
      system: CLAUDE_MEMORY_SERVER,
      header: header?.[0] ?? null,
      file_path: path === absolute ? null : absolute,
    }),
  });
}
