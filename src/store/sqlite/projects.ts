import type { Filter } from '../../model/filter.ts';
import { EVERYTHING } from '../../model/filter.ts';
import { parseRecordLine } from '../../model/json-parse.ts';
import {
  bareProject,
  type Project,
  type ProjectSummary,
  projectLine,
  readProject,
} from '../../model/project.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Connection } from './connection.ts';
import type { Journal } from './journal.ts';
import { TABLES } from './tables.ts';
import { textOf, textValue } from './text-value.ts';
import { whereFilter } from './where.ts';

type Name = string | Uint8Array;

/** Which projects there are, by name, goes by all records; only the counts go by those that pass the whole filter. */
export function listProjects(connection: Connection, filter: Filter = EVERYTHING): readonly ProjectSummary[] {
  return connection.consistently(() => {
    const kept = keptProjects(connection, filter.projects);
    const named = { ...EVERYTHING, projects: filter.projects };
    const names = new Set([
      ...kept.keys(),
      ...countByProject(connection, 'memory', named).keys(),
      ...countByProject(connection, 'code_unit', named).keys(),
    ]);
    const memories = countByProject(connection, 'memory', filter);
    const units = countByProject(connection, 'code_unit', filter);
    const files = countFiles(connection, filter);
    const languages = countLanguages(connection, filter);
    return [...names].sort().map(name => ({
      ...(kept.get(name) ?? bareProject(name)),
      memoryCount: memories.get(name) ?? 0,
      unitCount: units.get(name) ?? 0,
      fileCount: files.get(name) ?? 0,
      languages: Object.fromEntries((languages.get(name) ?? []).sort(([a], [b]) => (a < b ? -1 : 1))),
    }));
  });
}

/** The contract is that of Transaction.putProjects. */
export function putProjects(
  connection: Connection,
  projects: readonly Project[],
  journal: Journal | null,
): void {
  for (const project of projects) {
    // The line of a summary whose counts are 0: the real ones follow from the records.
    const line = projectLine({ ...project, memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} });
    const values = [textValue(project.name), line];
    const same = 'SELECT count(*) FROM projects WHERE name = ? AND record = ?';
    if (connection.integer(same, values) > 0) continue;
    journal?.project(project.name, line);
    connection.run('INSERT OR REPLACE INTO projects (name, record) VALUES (?, ?)', values);
  }
}

/** The contract is that of Transaction.deleteProjects. */
export function deleteProjects(
  connection: Connection,
  names: readonly string[],
  journal: Journal | null,
): void {
  for (const name of names) {
    const value = textValue(name);
    if (connection.integer('SELECT count(*) FROM projects WHERE name = ?', [value]) === 0) continue;
    journal?.project(name, null);
    connection.run('DELETE FROM projects WHERE name = ?', [value]);
  }
}

function keptProjects(connection: Connection, names: readonly string[]): Map<string, Project> {
  const rows = connection.all<readonly [Name, string]>('SELECT name, record FROM projects');
  const projects = rows.map(
    ([name, line]) => [textOf(name), readProject(parseRecordLine(line), ignore)] as const,
  );
  return new Map(names.length === 0 ? projects : projects.filter(([name]) => names.includes(name)));
}

/** Rows were checked when they came in: there is nothing to warn of. */
function ignore(): void {}

function countByProject(connection: Connection, kind: RecordKind, filter: Filter): Map<string, number> {
  const where = whereFilter(kind, filter, 'seek');
  const sql = `SELECT r.project_name, count(*) FROM ${TABLES[kind].records} r
    WHERE r.project_name IS NOT NULL AND ${where.sql} GROUP BY r.project_name`;
  return countsByName(connection, sql, where.values);
}

function countFiles(connection: Connection, filter: Filter): Map<string, number> {
  const where = whereFilter('code_unit', filter, 'seek');
  const sql = `SELECT r.project_name, count(DISTINCT r.file_path) FROM code_units r
    WHERE ${where.sql} GROUP BY r.project_name`;
  return countsByName(connection, sql, where.values);
}

function countsByName(
  connection: Connection,
  sql: string,
  values: Parameters<Connection['all']>[1],
): Map<string, number> {
  const rows = connection.all<readonly [Name, number]>(sql, values);
  return new Map(rows.map(([name, count]) => [textOf(name), count]));
}

function countLanguages(connection: Connection, filter: Filter): Map<string, [string, number][]> {
  const where = whereFilter('code_unit', filter, 'seek');
  const sql = `SELECT r.project_name, r.language, count(DISTINCT r.file_path) FROM code_units r
    WHERE ${where.sql} GROUP BY r.project_name, r.language`;
  const languages = new Map<string, [string, number][]>();
  for (const [name, language, count] of connection.all<readonly [Name, Name, number]>(sql, where.values)) {
    const project = textOf(name);
    const list = languages.get(project) ?? [];
    languages.set(project, list);
    list.push([textOf(language), count]);
  }
  return languages;
}
