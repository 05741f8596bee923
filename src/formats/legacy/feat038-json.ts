import { parseInstant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { checkCount, SHARED_MEMBERS } from '../json/dialect.ts';
import { legacyJson } from './legacy-json.ts';
import { SHAPES } from './shapes.ts';

const CAP = 100;
const CAP_FIXED_AT = parseInstant('2025-11-30') ?? 0n;

/** JSON exports of claude-memory-server (reference/claude-memory-server-formats.md, 1.1), and memories.json of its archives. */
export const FEAT038_JSON = legacyJson({
  format: 'feat038-json',
  shape: SHAPES.feat038,
  versions: ['version', 'schema_version'],
  members: new Set(SHARED_MEMBERS),

  claims: ({ members, arrays }) =>
    members.has('version') && members.has('schema_version') && arrays.has('memories'),

  check(header: JsonObject, count: number): readonly string[] {
    const counted = checkCount(header, 'memory_count', count);
    return [...(counted ? [] : ['the file has no memory_count']), ...capWarning(header, count)];
  },
});

/** Until 2025-11-29 the original wrote at most 100 memories, without a word (pitfall C1). */
function capWarning(header: JsonObject, count: number): readonly string[] {
  const date = typeof header.export_date === 'string' ? parseInstant(header.export_date) : null;
  if (count !== CAP || date === null || date >= CAP_FIXED_AT) return [];
  return [`exports of that time stopped at ${CAP} memories without saying so: there may have been more`];
}
