import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { memport, ok } from '../support/cli.ts';
import { dump } from '../support/random-store.ts';
import { digestOf } from '../support/stores.ts';
import type { Command } from './commands.ts';
import type { Site } from './site.ts';

/** What a command leaves: the store with its journal, and every file that has a final name, by its content. */
export interface State {
  readonly store: string;
  readonly digest: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Where a site stands between before and after. `between`: the store is as before or after, and some files are old, some new. */
export type Outcome = 'before' | 'after' | 'between';

const TEMPORARY = /(^|\/)\.memport-[0-9a-f-]{36}\.tmp(\/|$)/;
const STORE = /^home\/memport\.db/;
/** What may be there at any time: a lock, and the sign of an export to a folder that was cut short. */
const SIGNS: readonly string[] = [
  'home/backups/.memport-cleanup.lock',
  'target/pages/.memport-export.next.jsonl',
];

/** Whether a file, or one of its folders, has no final name yet. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

export async function stateOf(site: Site): Promise<State> {
  const path = join(site.home, 'memport.db');
  expect(checkPages(path)).toEqual(['ok']);
  const store = JSON.stringify([dump(path), journal(path)], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const files = filesOf(site).filter(
    name => !STORE.test(name) && !isTemporary(name) && !SIGNS.includes(name),
  );
  return {
    store,
    digest: await digestOf(site.home),
    files: new Map(files.map(name => [name, hash('sha256', readFileSync(join(site.folder, name)))])),
  };
}

/** All files of the home and the target, by their names. */
export function filesOf(site: Site): readonly string[] {
  const names: string[] = [];
  for (const folder of [site.home, site.target]) {
    const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
    for (const entry of entries)
      if (entry.isFile()) names.push(relative(site.folder, join(entry.parentPath, entry.name)));
  }
  return names.sort();
}

/** Files that have no name yet, and folders with them. */
export function temporariesOf(site: Site): readonly string[] {
  return [...filesOf(site).filter(isTemporary), ...readdirSync(site.temporary)];
}

/**
 * What was killed, or lost its power, left each thing as it was before or as it is after, and everything goes on: the
 * command, a backup, the proof of all backups.
 */
export async function expectWhole(
  site: Site,
  command: Command,
  before: State,
  after: State,
): Promise<Outcome> {
  const found = await stateOf(site);
  expect(found.store === before.store || found.store === after.store, 'the store is old or new').toBe(true);
  for (const [name, content] of found.files)
    expect([before.files.get(name), after.files.get(name)], `${name} is old or new`).toContain(content);
  for (const name of before.files.keys())
    if (after.files.has(name)) expect(found.files.has(name), `${name} is there`).toBe(true);
  await expectBackupsWhole(site.home);
  const outcome = outcomeOf(found, before, after);
  if (command.isIdempotent || outcome !== 'after') {
    expect(await memport(command.args(site), { home: site.home }), 'goes on').toMatchObject({ code: 0 });
    if (!command.isUnique) expect(await digestOf(site.home)).toBe(after.digest);
  }
  await ok(['backup', 'create'], { home: site.home });
  await ok(['backup', 'verify', '--all'], { home: site.home });
  return outcome;
}

/** No sidecar without its backup, and nothing that is not what its sidecar says. */
export async function expectBackupsWhole(home: string): Promise<void> {
  const lines = (await ok(['backup', 'list', '--json'], { home })).split('\n').filter(Boolean);
  const states = lines.map(line => (JSON.parse(line) as { state: string }).state);
  expect(states.filter(state => state !== 'verified' && state !== 'no_sidecar')).toEqual([]);
  if (states.length > 0) await ok(['backup', 'verify', '--all'], { home });
}

function outcomeOf(found: State, before: State, after: State): Outcome {
  if (same(found, after)) return 'after';
  return same(found, before) ? 'before' : 'between';
}

export function same(a: State, b: State): boolean {
  return a.store === b.store && JSON.stringify([...a.files]) === JSON.stringify([...b.files]);
}

function checkPages(path: string): readonly unknown[] {
  const database = new Database(path, { fileMustExist: true });
  const result = database.pragma('integrity_check', { simple: false }) as readonly {
    integrity_check: string;
  }[];
  database.close();
  return result.map(row => row.integrity_check);
}

/** What can be undone. */
function journal(path: string): readonly unknown[] {
  const database = new Database(path, { readonly: true });
  const rows = [
    database.prepare('SELECT * FROM operations ORDER BY id').all(),
    database.prepare('SELECT kind, id, after FROM operation_changes ORDER BY operation, kind, id').all(),
    database.prepare('SELECT count(*) AS images FROM before_images').get(),
  ];
  database.close();
  return rows;
}
