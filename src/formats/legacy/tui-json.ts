import type { JsonObject } from '../../model/json.ts';
import { checkCount } from '../json/dialect.ts';
import { legacyJson } from './legacy-json.ts';
import { SHAPES } from './shapes.ts';

const CAP = 100;

/** Files of the terminal browser (reference/claude-memory-server-formats.md, 1.3): what its screen showed. */
export const TUI_JSON = legacyJson({
  format: 'tui-json',
  shape: SHAPES.tui,
  versions: [],
  members: new Set(['exported_at', 'count', 'filter']),

  claims: ({ members, arrays }) =>
    members.has('exported_at') && members.has('filter') && arrays.has('memories'),

  check(header: JsonObject, count: number): readonly string[] {
    checkCount(header, 'count', count);
    return count === CAP
      ? [`the terminal browser shows ${CAP} memories and exports no more: there may have been more`]
      : [];
  },
});
