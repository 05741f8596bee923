import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'memport-legacy-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A database made by these statements; resolves to its path. */
export function databaseOf(sql: string, path = join(folder(), 'memory.db')): string {
  const database = new Database(path);
  database.exec(sql);
  database.close();
  return path;
}

export const V2_TABLE = `CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT, category TEXT, context_level TEXT,
  scope TEXT, project_name TEXT, importance REAL, embedding_model TEXT, embedding TEXT, created_at TEXT, updated_at TEXT,
  tags TEXT, metadata TEXT);`;

/** A row of V2_TABLE as SQL. */
export function v2Row(n: number, columns: Readonly<Record<string, string>> = {}): string {
  const values = {
    id: `'00000000-0000-4000-8000-${String(n).padStart(12, '0')}'`,
    content: `'Memory ${n}.'`,
    category: "'fact'",
    context_level: "'PROJECT_CONTEXT'",
    scope: "'global'",
    importance: '0.5',
    embedding_model: "'all-MiniLM-L6-v2'",
    embedding: "'[]'",
    created_at: "'2025-11-16T10:00:00+00:00'",
    updated_at: "'2025-11-16T10:00:00+00:00'",
    ...columns,
  };
  return `INSERT INTO memories (${Object.keys(values).join(', ')}) VALUES (${Object.values(values).join(', ')});`;
}

/** Everything in a folder that a reader could have changed: names, bytes, times, modes. */
export function stateOf(path: string): unknown {
  return readdirSync(path)
    .sort()
    .map(name => {
      const { mtimeNs, ctimeNs, ino, mode } = lstatSync(join(path, name), { bigint: true });
      return [name, mtimeNs, ctimeNs, ino, mode, readFileSync(join(path, name)).toString('base64')];
    });
}

/**
 * Another program that has a database open: runs the script with `db` (a better-sqlite3 connection to the path), until
 * it is killed. Resolves when the script says `ready()`.
 */
export async function otherProgram(path: string, script: string): Promise<ChildProcess> {
  const driver = import.meta.resolve('better-sqlite3');
  const program = `
    import Database from ${JSON.stringify(driver)};
    const db = new Database(${JSON.stringify(path)});
    const ready = () => process.stdout.write('ready');
    setInterval(() => {}, 1000);
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no output');
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the other program ended');
    }),
  ]);
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}
