import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportFigures } from '../support/deep.ts';
import * as commands from './commands.ts';
import type { Site } from './site.ts';
import { isTemporary } from './state.ts';
import { acknowledged, type Call, canTrace, changes, pathsIn, trace } from './strace.ts';

const COMMANDS = [
  commands.IMPORT,
  commands.RESTORE,
  commands.UNDO,
  commands.ADD,
  commands.ADD_FIRST,
  commands.CREATE,
  commands.CREATE_FIRST,
  commands.CLEANUP,
  commands.CONFIG_SET,
  commands.KEY_GENERATE,
  commands.EXPORT_ARCHIVE,
  commands.EXPORT_JSON,
  commands.EXPORT_MARKDOWN,
  commands.EXPORT_ENCRYPTED,
  commands.EXPORT_FOLDER,
  commands.EXPORT_FOLDER_FIRST,
  commands.EXPORT_FOLDER_LESS,
];

const isSync = ({ name }: Call): boolean => name === 'fsync' || name === 'fdatasync';
const isWrite = ({ name }: Call): boolean => /^p?write/.test(name) || name === 'ftruncate';
/** Its content is made anew after a power failure. */
const INDEX_OF_LOG = /\.db-shm$/;

/** Whether what is at a path was synced between two moments of a run. */
function syncedBetween(calls: readonly Call[], path: string, from: number, to: number): boolean {
  return calls.some(call => isSync(call) && call.path === path && call.began > from && call.ended < to);
}

/** A file has all its content on the disk before it gets its name, and the name before that is told. */
function expectNamesKept(site: Site, calls: readonly Call[], said: number): number {
  const named = calls.filter(({ name }) => name === 'rename' || name === 'link');
  for (const { args, began, ended } of named) {
    const [from = '', to = ''] = pathsIn(args);
    const written = calls.filter(call => isWrite(call) && call.path === from && call.ended < began);
    for (const write of written)
      expect(syncedBetween(calls, from, write.ended, began), `${from} is synced before its rename`).toBe(
        true,
      );
    expect(syncedBetween(calls, dirname(to), ended, said), `the name ${to} is synced before it is told`).toBe(
      true,
    );
  }
  const removed = calls.filter(({ name }) => name === 'rmdir').map(({ path }) => path);
  const others = calls.filter(({ name, path, ended }) => {
    const isInside = path.startsWith(site.home) || path.startsWith(site.target);
    if (!isInside || isTemporary(path) || ended > said) return false;
    return name === 'mkdir' || name === 'rmdir' || (name === 'unlink' && !removed.includes(dirname(path)));
  });
  for (const { name, path, ended } of others)
    expect(
      syncedBetween(calls, dirname(path), ended, said),
      `${name} ${path} is synced before it is told`,
    ).toBe(true);
  return named.length + others.length;
}

/** The log of a transaction is on the disk before that is told, and before the store itself is touched. */
function expectLogFirst(store: string, calls: readonly Call[], said: number): number {
  const log = calls.filter(call => isWrite(call) && call.path === `${store}-wal`);
  for (const { ended } of log.filter(call => call.began < said))
    expect(syncedBetween(calls, `${store}-wal`, ended, said), 'the log is synced before it is told').toBe(
      true,
    );
  const pages = calls.filter(call => isWrite(call) && call.path === store);
  for (const page of pages) {
    const last = log.findLast(({ ended }) => ended < page.began);
    if (last !== undefined)
      expect(syncedBetween(calls, `${store}-wal`, last.ended, page.began), 'the log is synced first').toBe(
        true,
      );
  }
  const removed = calls.find(({ name, path }) => name === 'unlink' && path === `${store}-wal`);
  const lastPage = pages.at(-1);
  if (removed !== undefined && lastPage !== undefined)
    expect(syncedBetween(calls, store, lastPage.ended, removed.began), 'the store is synced first').toBe(
      true,
    );
  return log.length;
}

describe.skipIf(!canTrace)('what is told to be done was synced in order, which takes strace', () => {
  test.for(COMMANDS.map(command => ({ name: command.name, command })))(
    '$name',
    async ({ command }, context) => {
      const site = await commands.siteFor(command);
      site.reset();
      const run = trace(site, command.args(site));
      expect(run).toMatchObject({ code: 0 });
      const said = acknowledged(run.calls);
      const calls = changes(run.calls).filter(({ result, path }) => result >= 0 && !INDEX_OF_LOG.test(path));
      const names = expectNamesKept(site, calls, said);
      const home = command === commands.ADD_FIRST ? join(site.target, 'new', 'home') : site.home;
      const log = expectLogFirst(join(home, 'memport.db'), calls, said);
      expect(names + log).toBeGreaterThan(0);
      reportFigures(context, { names, log });
    },
  );
});
