import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { IndexReport } from '../../src/code-index/index-report.ts';
import { watchProject } from '../../src/code-index/watch.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { openStore } from '../../src/store/open.ts';
import { scratch } from '../support/cli.ts';
import { place, tree } from './tree.ts';

/** A watch whose reports are awaited one by one. */
async function watching(root: string, path = join(scratch(), 'memport.db')) {
  const store = await openStore({ path });
  const controller = new AbortController();
  const reports: IndexReport[] = [];
  let told = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  const request = { store, project: 'shop', root, embedder: null, nowMs: 0 };
  let now = 0;
  const ended = watchProject(request, {
    signal: controller.signal,
    quietMs: 20,
    now: () => ++now,
    onReady: ready.resolve,
    onReport: async report => {
      reports.push(report);
      told.resolve();
    },
  }).catch((error: unknown) => error);
  onTestFinished(async () => {
    controller.abort();
    await ended;
    await store.close();
  });
  /** Resolves when the store holds exactly these files. */
  const until = async (...files: readonly string[]): Promise<void> => {
    for (;;) {
      const now = (await store.indexedFiles('shop')).map(({ path }) => path);
      if (now.join() === files.join()) return;
      await told.promise;
      told = Promise.withResolvers<void>();
    }
  };
  await ready.promise;
  return { store, controller, reports, until, ended };
}

it('follows what is added, changed and removed, and obeys rules, also new ones', async () => {
  const root = tree({ '.gitignore': 'out/\n', 'a.py': 'def a(): pass\n' });
  const { store, reports, until } = await watching(root);
  await until('.gitignore', 'a.py');
  place(root, 'sub/b.py', 'def b(): pass\n');
  await until('.gitignore', 'a.py', 'sub/b.py');
  place(root, 'out/c.py', 'def c(): pass\n');
  place(root, 'd.py', 'def d(): pass\n');
  await until('.gitignore', 'a.py', 'd.py', 'sub/b.py');
  rmSync(join(root, 'sub'), { recursive: true });
  await until('.gitignore', 'a.py', 'd.py');
  place(root, '.gitignore', 'd.py\n');
  await until('.gitignore', 'a.py', 'out/c.py');
  expect(reports.every(({ unreadable }) => unreadable.length === 0)).toBe(true);
  const [project] = await store.projects(EVERYTHING);
  expect(project?.lastIndexedAt).toBeGreaterThan(project?.firstIndexedAt ?? 0n);
});

it('ends when it is told to, and keeps what is in the store when the folder goes away', async () => {
  const root = tree({ 'a.py': 'def a(): pass\n' });
  const { store, until, ended } = await watching(root);
  await until('a.py');
  rmSync(root, { recursive: true });
  expect(await ended).toMatchObject({ code: 'not_found' });
  expect(await store.indexedFiles('shop')).toHaveLength(1);
});

it('rejects at once when it was told before', async () => {
  const store = await openStore({ path: join(scratch(), 'memport.db') });
  onTestFinished(() => store.close());
  const request = { store, project: 'shop', root: tree({}), embedder: null, nowMs: 0 };
  const options = { signal: AbortSignal.abort(), now: () => 0, onReport: async () => {} };
  await expect(watchProject(request, options)).rejects.toThrow();
});

it('does not chase its own store when that is in the folder', async () => {
  const root = tree({ 'a.py': 'def a(): pass\n' });
  const { reports, until } = await watching(root, join(root, 'memport.db'));
  await until('a.py');
  place(root, 'b.py', 'def b(): pass\n');
  await until('a.py', 'b.py');
  place(root, 'c.py', 'def c(): pass\n');
  await until('a.py', 'b.py', 'c.py');
  expect(reports.length).toBe(3);
});
