import { formatInstant, type Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { Entry } from './record.ts';

/** Which records are meant. Values of one member are alternatives, members narrow each other down. Empty lists and nulls: all. */
export interface Filter {
  /** Exact names. */
  readonly projects: readonly string[];
  readonly categories: readonly string[];
  /** Compared without regard to case. */
  readonly tags: readonly string[];
  /** Bounds of `updated_at` (`indexed_at` of a code unit), both included. */
  readonly since: Instant | null;
  readonly until: Instant | null;
}

export const EVERYTHING: Filter = { projects: [], categories: [], tags: [], since: null, until: null };

export function isEverything(filter: Filter): boolean {
  return Object.keys(filterRecord(filter)).length === 0;
}

/** Whether a record passes. Code units have neither category nor tags: a filter by these leaves all of them out. */
export function matches(filter: Filter, entry: Entry): boolean {
  const { projects, categories, tags, since, until } = filter;
  const { projectName } = entry.record;
  if (projects.length > 0 && (projectName === null || !projects.includes(projectName))) return false;
  const updatedAt = entry.kind === 'memory' ? entry.record.updatedAt : entry.record.indexedAt;
  if (since !== null && updatedAt < since) return false;
  if (until !== null && updatedAt > until) return false;
  if (entry.kind === 'code_unit') return categories.length === 0 && tags.length === 0;
  if (categories.length > 0 && !categories.includes(entry.record.category)) return false;
  if (tags.length === 0) return true;
  const wanted = new Set(tags.map(foldTag));
  return entry.record.tags.some(tag => wanted.has(foldTag(tag)));
}

/** The spelling under which tags are compared. */
export function foldTag(tag: string): string {
  return tag.toLowerCase();
}

/** A filter as manifests and reports show it; members that do not narrow are left out. */
export function filterRecord(filter: Filter): JsonObject {
  return {
    ...(filter.projects.length > 0 && { projects: [...filter.projects].sort() }),
    ...(filter.categories.length > 0 && { categories: [...filter.categories].sort() }),
    ...(filter.tags.length > 0 && { tags: [...filter.tags].sort() }),
    ...(filter.since !== null && { since: formatInstant(filter.since) }),
    ...(filter.until !== null && { until: formatInstant(filter.until) }),
  };
}
