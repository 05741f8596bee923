import type { JsonObject } from '../../model/json.ts';
import { checkCount } from '../json/dialect.ts';
import { legacyJson } from './legacy-json.ts';
import { SHAPES } from './shapes.ts';

const CAP = 100_000;

/** Files of the MCP tool `export_memories` (reference/claude-memory-server-formats.md, 1.2). */
export const FEAT044_JSON = legacyJson({
  format: 'feat044-json',
  shape: SHAPES.feat044,
  versions: ['version'],
  members: new Set(['version', 'exported_at', 'total_count', 'filters']),

  claims: ({ members, arrays }) =>
    members.has('exported_at') &&
    !members.has('filter') &&
    (members.has('total_count') || members.has('version')) &&
    arrays.has('memories'),

  check(header: JsonObject, count: number): readonly string[] {
    checkCount(header, 'total_count', count);
    return count === CAP
      ? [`exports of this kind stopped at ${CAP} memories without saying so: there may have been more`]
      : [];
  },
});
