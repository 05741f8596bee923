import { canonicalJson } from '../model/canonical.ts';
import { parseRecordLine } from '../model/json-parse.ts';
import type { Entry } from '../model/record.ts';
import { sameVector } from '../model/vector.ts';

/** The members in which two versions differ, with both values as JSON; `embedding` for the vector. */
export function changedFields(before: Entry, after: Entry): readonly FieldChange[] {
  const [old, now] = [memberMap(before.line), memberMap(after.line)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  const changes = names.filter(name => old.get(name) !== now.get(name));
  const fields = changes.map(field => ({
    field,
    before: old.get(field) ?? null,
    after: now.get(field) ?? null,
  }));
  const vectorChanged = after.vector !== null && !sameVector(before.vector, after.vector);
  return vectorChanged ? [...fields, { field: 'embedding', before: null, after: null }] : fields;
}

export interface FieldChange {
  readonly field: string;
  /** Canonical JSON; null where the member is missing. */
  readonly before: string | null;
  readonly after: string | null;
}

function memberMap(line: string): ReadonlyMap<string, string> {
  const record = parseRecordLine(line);
  return new Map(Object.entries(record).map(([name, value]) => [name, canonicalJson(value)]));
}
