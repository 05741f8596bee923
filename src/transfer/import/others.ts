import { isEverything } from '../../model/filter.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Project, readProject } from '../../model/project.ts';
import { RecordError } from '../../model/read-fields.ts';
import { readTombstone } from '../../model/tombstone.ts';
import type { BatchContext } from './batch.ts';

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

/** Brings in what a file knows of a project and the store does not; aliases are united. */
export async function importProject(value: JsonObject, context: BatchContext): Promise<void> {
  await orWarn('project', context, async () => {
    const imported = readProject(value, context.tally.warn.bind(context.tally));
    const { projects } = context.filter;
    if (projects.length > 0 && !projects.includes(imported.name)) return;
    const [existing] = await context.transaction.projects({ ...context.filter, projects: [imported.name] });
    await context.transaction.putProjects([existing ? unite(existing, imported) : imported]);
  });
}

function unite(existing: Project, imported: Project): Project {
  return {
    name: existing.name,
    rootPath: existing.rootPath ?? imported.rootPath,
    aliases: [...new Set([...existing.aliases, ...imported.aliases])],
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
