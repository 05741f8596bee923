import { canonicalJson } from '../../../model/canonical.ts';
import type { JsonObject, JsonValue } from '../../../model/json.ts';

/**
 * Metadata with more members, those that are null left out. What the user has under such a name stays: the new one then
 * gets a longer name.
 */
export function withNotes(
  metadata: JsonObject,
  notes: Readonly<Record<string, JsonValue | undefined>>,
): JsonObject {
  const members = new Map(Object.entries(metadata));
  for (const [name, note] of Object.entries(notes)) {
    if (note === undefined || note === null) continue;
    let key = name;
    while (members.has(key) && canonicalJson(members.get(key) ?? null) !== canonicalJson(note)) key += '_';
    members.set(key, note);
  }
  return Object.fromEntries(members);
}
