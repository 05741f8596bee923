import { canonicalJson } from './canonical.ts';
import { formatInstant, type Instant } from './instant.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { FieldReader, RecordError, type Warn } from './read-fields.ts';

export interface GitState {
  readonly remote: string | null;
  readonly commit: string | null;
  readonly branch: string | null;
}

/** What is kept of a project itself. Counts are derived from the records that name it: ProjectSummary. */
export interface Project {
  readonly name: string;
  readonly rootPath: string | null;
  /** Earlier names, oldest first. */
  readonly aliases: readonly string[];
  readonly firstIndexedAt: Instant | null;
  readonly lastIndexedAt: Instant | null;
  readonly git: GitState | null;
}

export interface ProjectSummary extends Project {
  readonly memoryCount: number;
  readonly unitCount: number;
  readonly fileCount: number;
  /** Files by language. */
  readonly languages: Readonly<Record<string, number>>;
}

export function bareProject(name: string): Project {
  return { name, rootPath: null, aliases: [], firstIndexedAt: null, lastIndexedAt: null, git: null };
}

export function projectRecord(project: ProjectSummary): JsonObject {
  const instant = (value: Instant | null): JsonValue => (value === null ? null : formatInstant(value));
  return {
    aliases: project.aliases,
    file_count: project.fileCount,
    first_indexed_at: instant(project.firstIndexedAt),
    git: project.git === null ? null : { ...project.git },
    languages: project.languages,
    last_indexed_at: instant(project.lastIndexedAt),
    memory_count: project.memoryCount,
    name: project.name,
    root_path: project.rootPath,
    unit_count: project.unitCount,
  };
}

export function projectLine(project: ProjectSummary): string {
  return canonicalJson(projectRecord(project));
}

/** Reads a project of a file; its counts are left behind, they follow from the records. */
export function readProject(record: JsonObject, warn: Warn): Project {
  const fields = new FieldReader(record, warn);
  const name = fields.text('name');
  if ([...name].length > 200) throw new RecordError('name is longer than 200 characters');
  const git = new FieldReader(fields.object('git'), warn);
  return {
    name,
    rootPath: fields.optionalText('root_path'),
    aliases: fields.texts('aliases'),
    firstIndexedAt: fields.optionalInstant('first_indexed_at'),
    lastIndexedAt: fields.optionalInstant('last_indexed_at'),
    git:
      fields.value('git') === null
        ? null
        : {
            remote: git.optionalText('remote'),
            commit: git.optionalText('commit'),
            branch: git.optionalText('branch'),
          },
  };
}
