import { MemportError } from '../../errors.ts';
import type { Project } from '../../model/project.ts';
import { MAX_PROJECT_NAME } from '../../model/read-memory.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../model/record.ts';

/** New names of projects by their old ones: whole names, all at once, so that two projects can change places. */
export type Renames = ReadonlyMap<string, string>;

export const NO_RENAMES: Renames = new Map();

/** Reads `old=new`, split at the first `=`. Throws as readRenames does. */
export function parseRenames(texts: readonly string[]): Renames {
  return readRenames(
    texts.map(text => {
      const at = text.indexOf('=');
      if (at < 1 || at === text.length - 1) throw refusal(`${JSON.stringify(text)} is not old=new`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** Takes pairs of old and new names. Throws `usage` for an empty or overlong name and for the same old name twice. */
export function readRenames(pairs: readonly (readonly [from: string, to: string])[]): Renames {
  const renames = new Map<string, string>();
  for (const [from, to] of pairs) {
    if (from === '' || to === '') throw refusal("a project's name is empty");
    if ([...to].length > MAX_PROJECT_NAME)
      throw refusal(`a project's name has 1 to ${MAX_PROJECT_NAME} characters`);
    if (from === to) throw refusal(`${JSON.stringify(from)} is the new name already`);
    if (renames.has(from)) throw refusal(`${JSON.stringify(from)} would get two new names`);
    renames.set(from, to);
  }
  return renames;
}

/** The entry under the new name of its project, or the same entry where that has none. Its dates stay. */
export function renameEntry(entry: Entry, renames: Renames): Entry {
  const { projectName } = entry.record;
  const to = projectName === null ? undefined : renames.get(projectName);
  if (to === undefined) return entry;
  return entry.kind === 'memory'
    ? memoryEntry({ ...entry.record, projectName: to }, entry.vector)
    : codeUnitEntry({ ...entry.record, projectName: to }, entry.vector);
}

/** The project under its new name, with the old one among its aliases, or the same project where it has none. */
export function renameProjectRow(project: Project, renames: Renames): Project {
  const to = renames.get(project.name);
  return to === undefined ? project : withAliases({ ...project, name: to }, [project.name]);
}

/** The project with these earlier names as well, each once; its own name is none. */
export function withAliases<P extends Project>(project: P, aliases: readonly string[]): P {
  const united = new Set([...project.aliases, ...aliases]);
  united.delete(project.name);
  return { ...project, aliases: [...united] };
}

function refusal(message: string): MemportError {
  return new MemportError('usage', `renaming projects: ${message}`, {
    hint: 'for example --rename-project shop=store; whole names, the first = divides them',
  });
}
