import { isDeepStrictEqual } from 'node:util';
import { EVERYTHING, isEverything } from '../../model/filter.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Project, readProject } from '../../model/project.ts';
import { RecordError } from '../../model/read-fields.ts';
import { readTombstone } from '../../model/tombstone.ts';
import type { BatchContext } from './batch.ts';
import { renameProjectRow, withAliases } from './rename.ts';

/**
 * Adds a tombstone of the file where the store has neither the record nor a tombstone; nothing is ever deleted because
 * of one. A narrowed import takes none: a tombstone does not say what it was.
 */
export async function importTombstone(value: JsonObject, context: BatchContext): Promise<void> {
  if (!isEverything(context.filter)) return;
  await orWarn('tombstone', context, async () => {
    const tombstone = readTombstone(value, context.tally.warn.bind(context.tally));
    context.tally.tombstonesAdded += await context.transaction.addTombstones([tombstone]);
  });
}

/** Brings in what a file knows of a project and the store does not, under its new name where it gets one; aliases are united. */
export async function importProject(value: JsonObject, context: BatchContext): Promise<void> {
  await orWarn('project', context, async () => {
    const imported = readProject(value, context.tally.warn.bind(context.tally));
    const { projects } = context.filter;
    if (projects.length > 0 && !projects.includes(imported.name)) return;
    await putProject(renameProjectRow(imported, context.renames), context);
  });
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

async function orWarn(what: string, context: BatchContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    context.tally.warn(`a ${what} was left out: ${error.message}`);
  }
}
