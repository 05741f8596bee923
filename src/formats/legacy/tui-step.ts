import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Migration } from '../migrations/migration.ts';
import type { SourceRecord } from '../source.ts';
import { dateOfExport } from './export-date.ts';
import { SHAPES } from './shapes.ts';

const NONE = 'N/A';
/** Texts that the user wrote, and what can't be missing. */
const VERBATIM: ReadonlySet<string> = new Set(['id', 'content']);

export const TUI_STEP: Migration = {
  from: SHAPES.tui,
  to: SHAPES.feat038,
  describe: '"N/A" becomes null',

  apply(record: SourceRecord, header: JsonObject): SourceRecord {
    const warnings = [...record.warnings];
    // A project memory has a project, so there N/A is its name.
    const isProject = record.value.scope === 'project';
    const restored = ([name, value]: [string, JsonValue]): [string, JsonValue] => {
      const isText = VERBATIM.has(name) || (name === 'project_name' && isProject);
      return [name, value === NONE && !isText ? null : value];
    };
    const members = Object.fromEntries(Object.entries(record.value).map(restored));
    const value = { ...members, ...dateOfExport(members, header.exported_at, warnings) };
    return { ...record, value, line: null, warnings };
  },
};
