import { isDeepStrictEqual } from 'node:util';
import { EVERYTHING, isEverything } from '../../model/filter.ts';
import type { JsonObject } from '../../model/json.ts';
import { bareProject, type Project, projectLine, readProject } from '../../model/project.ts';
import { RecordError, type Warn } from '../../model/read-fields.ts';
import { readTombstone } from '../../model/tombstone.ts';
import type { BatchContext } from './batch.ts';
import { renameProjectRow, withAliases } from './rename.ts';

/**
 * Adds the tombstones of the file for which the store has neither the record nor a tombstone; nothing is ever deleted
 * because of one. A narrowed import takes none: a tombstone does not say what it was.
 */
export async function importTombstones(values: readonly JsonObject[], context: BatchContext): Promise<void> {
  if (values.length === 0 || !isEverything(context.filter)) return;
  const tombstones = readAll('tombstone', values, context, readTombstone);
  for (const { kind, id } of await context.transaction.addTombstones(tombstones))
    context.tally.addTombstone(kind, id);
}

/**
 * Brings in what a file knows of projects and the store does not; aliases are united. To be called after the records: a
 * project that none of them names comes in only when there is something to know of it, it is not an earlier name of
 * another, and the import is not narrowed.
 */
export async function importProjects(values: readonly JsonObject[], context: BatchContext): Promise<void> {
  if (values.length === 0) return;
  const stored = await context.transaction.projects();
  const byName = new Map<string, Project>(stored.map(project => [project.name, project]));
  const aliases = new Set(stored.flatMap(project => project.aliases));
  const changed = new Set<string>();
  for (const read of readAll('project', values, context, readProject)) {
    const { projects } = context.filter;
    if (projects.length > 0 && !projects.includes(read.name)) continue;
    const imported = renameProjectRow(read, context.renames);
    const { name } = imported;
    const existing = byName.get(name);
    const isWanted = projects.length > 0 || isEverything(context.filter);
    if (existing === undefined && (!isWanted || aliases.has(name))) continue;
    // Two projects of the file may come in under one name: the second is united with what the first has made of it.
    const known = existing ?? bareProject(name);
    const united = unite(known, imported);
    if (isSame(known, united)) continue;
    byName.set(name, united);
    changed.add(name);
  }
  await context.transaction.putProjects([...byName.values()].filter(({ name }) => changed.has(name)));
  context.tally.projectsChanged += changed.size;
}

/** Whether the same is kept of both. */
function isSame(a: Project, b: Project): boolean {
  const none = { memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} };
  return projectLine({ ...a, ...none }) === projectLine({ ...b, ...none });
}

/** Keeps the old names of the projects that were renamed on the way in, where the new ones hold anything. */
export async function keepOldNames(context: BatchContext): Promise<void> {
  for (const [from, to] of context.renames) {
    if (!context.tally.wasRenamed(from)) {
      context.tally.warn(`no record of a project ${JSON.stringify(from)} came in to be renamed`);
      continue;
    }
    const project = await storedProject(to, context);
    if (project !== null) await putProject(withAliases(project, [from]), context);
  }
}

async function putProject(imported: Project, context: BatchContext): Promise<void> {
  const existing = await storedProject(imported.name, context);
  const project = existing === null ? imported : unite(existing, imported);
  if (existing !== null && isDeepStrictEqual(project, existing)) return;
  await context.transaction.putProjects([project]);
  context.tally.projectsChanged += 1;
}

async function storedProject(name: string, { transaction }: BatchContext): Promise<Project | null> {
  const [found] = await transaction.projects({ ...EVERYTHING, projects: [name] });
  if (found === undefined) return null;
  const { rootPath, aliases, firstIndexedAt, lastIndexedAt, git } = found;
  return { name, rootPath, aliases, firstIndexedAt, lastIndexedAt, git };
}

function unite(existing: Project, imported: Project): Project {
  const { aliases } = withAliases(existing, imported.aliases);
  return {
    name: existing.name,
    rootPath: existing.rootPath ?? imported.rootPath,
    aliases,
    firstIndexedAt: existing.firstIndexedAt ?? imported.firstIndexedAt,
    lastIndexedAt: existing.lastIndexedAt ?? imported.lastIndexedAt,
    git: existing.git ?? imported.git,
  };
}

/** Those that can be read; the others are warned of. */
function readAll<T>(
  what: string,
  values: readonly JsonObject[],
  { tally }: BatchContext,
  read: (value: JsonObject, warn: Warn) => T,
): readonly T[] {
  return values.flatMap(value => {
    try {
      return [read(value, warning => tally.warn(warning))];
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      tally.warn(`a ${what} was left out: ${error.message}`);
      return [];
    }
  });
}
