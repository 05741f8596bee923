import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IndexReport } from '../../src/code-index/index-report.ts';
import { type IndexRequest, indexProject } from '../../src/code-index/indexer.ts';
import { findRoot, projectName } from '../../src/code-index/root.ts';
import { searchCode } from '../../src/code-index/search.ts';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { ALL_CODE } from '../../src/model/code-filter.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { codeUnitEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { lines, put } from '../contract/place.ts';
import { scratch } from '../support/cli.ts';
import { aCodeUnit } from '../support/records.ts';
import { place, tree } from './tree.ts';

async function aStore(): Promise<Store> {
  const store = await openStore({ path: join(scratch(), 'memport.db') });
  onTestFinished(() => store.close());
  return store;
}

let clock = 1_000_000;

function index(store: Store, root: string, parts: Partial<IndexRequest> = {}): Promise<IndexReport> {
  clock += 1000;
  const request = { store, root, project: 'shop', embedder: hashingEmbedder(), nowMs: clock };
  return indexProject({ ...request, ...parts });
}

interface UnitLine {
  readonly id: string;
  readonly name: string;
  readonly file_path: string;
  readonly indexed_at: string;
  readonly embedding_model: string | null;
}

async function units(store: Store): Promise<readonly UnitLine[]> {
  const all = (await lines(store, 'code_unit')).map(line => JSON.parse(line) as UnitLine);
  return all.toSorted((a, b) => (a.file_path + a.name < b.file_path + b.name ? -1 : 1));
}

const names = async (store: Store) => (await units(store)).map(({ name }) => name);

/** Counts how many texts it is given; fails from the given call on. */
function countingEmbedder(failFrom = Number.POSITIVE_INFINITY): Embedder & { texts: number } {
  let calls = 0;
  const embedder = {
    model: 'count',
    dimensions: 2,
    texts: 0,
    embed: async (texts: readonly string[]) => {
      calls += 1;
      if (calls >= failFrom) throw new Error('the service is down');
      embedder.texts += texts.length;
      return texts.map(text => Float32Array.of(text.length, 1));
    },
  };
  return embedder;
}

describe('an index run', () => {
  it('puts the units of a folder into the store, with vectors, and notes the project', async () => {
    const store = await aStore();
    const root = tree({
      'src/a.py': 'def price(): pass\n',
      'b.md': '# Title\n',
      'empty.py': '',
      '.git/HEAD': 'ref: refs/heads/main',
    });
    const report = await index(store, root);
    expect(report).toMatchObject({
      files: 2,
      parsed: 2,
      unchanged: 0,
      units: 2,
      units_added: 2,
      pending_vectors: 0,
    });
    expect(report.languages).toEqual({ markdown: 1, python: 1 });
    expect(report.skipped).toEqual({ empty: 1 });
    expect(await names(store)).toEqual(['Title', 'price']);
    const [project] = await store.projects({ ...EVERYTHING, projects: ['shop'] });
    expect(project).toMatchObject({ rootPath: root, fileCount: 2, git: { branch: 'main' } });
    expect(project?.firstIndexedAt).toBe(project?.lastIndexedAt);
  });

  it('parses nothing the second time, and only what changed the third', async () => {
    const store = await aStore();
    const embedder = countingEmbedder();
    const root = tree({ 'a.py': 'def a(): pass\ndef b(): pass\n', 'c.py': 'def c(): pass\n' });
    await index(store, root, { embedder });
    const before = await units(store);
    expect(embedder.texts).toBe(3);
    expect(await index(store, root, { embedder })).toMatchObject({
      parsed: 0,
      unchanged: 2,
      units_changed: 0,
    });
    expect(await units(store)).toEqual(before);
    place(root, 'a.py', 'def a(): pass\ndef b(): return 1\n');
    expect(await index(store, root, { embedder })).toMatchObject({
      parsed: 1,
      unchanged: 1,
      units_changed: 2,
    });
    expect(embedder.texts).toBe(4);
    const after = await units(store);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after[2]).toEqual(before[2]);
  });

  it('keeps the date of units that a new look finds as they were', async () => {
    const store = await aStore();
    const root = tree({ 'a.py': 'def a(): pass\n' });
    await index(store, root);
    const before = await units(store);
    expect(await index(store, root, { all: true })).toMatchObject({
      parsed: 1,
      units_changed: 0,
      units_added: 0,
    });
    expect(await units(store)).toEqual(before);
  });

  it('takes units out with their files, and leaves no tombstones', async () => {
    const store = await aStore();
    const root = tree({
      'a.py': 'def a(): pass\n',
      'b.py': 'def b(): pass\ndef c(): pass\n',
      'd.py': 'def d(): pass\n',
    });
    await index(store, root);
    rmSync(join(root, 'a.py'));
    place(root, 'b.py', 'def c(): pass\n');
    place(root, 'd.py', 'def d():\0');
    const report = await index(store, root);
    expect(report).toMatchObject({ removed: 2, units_removed: 3, files: 1, skipped: { binary: 1 } });
    expect(await names(store)).toEqual(['c']);
    expect(await store.tombstones({ after: null, limit: 9 })).toEqual([]);
    place(root, '.gitignore', 'b.py\n.gitignore\n');
    expect(await index(store, root)).toMatchObject({ removed: 1, units: 0 });
  });

  it('gives the same ids everywhere, and tells units of one name apart', async () => {
    const files = { 'a.py': 'def a(): pass\ndef a(): pass\n' };
    const [one, other] = [await aStore(), await aStore()];
    await index(one, tree(files));
    await index(other, tree(files), { embedder: null });
    const ids = (await units(one)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect((await units(other)).map(({ id }) => id)).toEqual(ids);
    expect((await units(other))[0]?.embedding_model).toBeNull();
  });

  it('makes the vectors that are missing later, without parsing', async () => {
    const store = await aStore();
    const failures: unknown[] = [];
    const root = tree({ 'a.py': 'def a(): pass\n' });
    const embedder = countingEmbedder(1);
    const failed = await index(store, root, { embedder, onEmbedderFailure: error => failures.push(error) });
    expect(failed).toMatchObject({ units: 1, pending_vectors: 1 });
    expect(failures).toHaveLength(1);
    const before = await units(store);
    const report = await index(store, root, { embedder: countingEmbedder() });
    expect(report).toMatchObject({ parsed: 0, unchanged: 1, pending_vectors: 0, units_changed: 0 });
    expect((await units(store))[0]?.id).toBe(before[0]?.id);
    expect(await store.searchCodeVectors(Float32Array.of(1, 1), 'count', ALL_CODE, 9)).toHaveLength(1);
  });

  it('keeps vectors of another model until all are made again', async () => {
    const store = await aStore();
    const root = tree({ 'a.py': 'def a(): pass\n' });
    await index(store, root, { embedder: countingEmbedder() });
    expect(await index(store, root)).toMatchObject({ other_vectors: 1, pending_vectors: 0 });
    expect(await index(store, root, { all: true })).toMatchObject({ other_vectors: 0, parsed: 1 });
    const failing = { ...countingEmbedder(1), model: 'other' };
    expect(await index(store, root, { all: true, embedder: failing })).toMatchObject({ pending_vectors: 0 });
  });

  it('reads no giant and waits for no pipe', async () => {
    const store = await aStore();
    const root = tree({ 'a.py': 'def a(): pass\n', 'big.py': '' });
    truncateSync(join(root, 'big.py'), 2 ** 31);
    execFileSync('mkfifo', [join(root, 'pipe.py')]);
    const report = await index(store, root);
    expect(report.skipped).toEqual({ 'too large': 1, 'no regular file': 1 });
    expect(report.files).toBe(1);
  });

  it('leaves whole files when it is interrupted, and goes on from there', async () => {
    const store = await aStore();
    const text = (n: number) => Array.from({ length: 300 }, (_, m) => `def f${n}_${m}(): pass\n`).join('');
    const root = tree(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}.py`, text(n)])));
    const controller = new AbortController();
    const request = { store, root, project: 'shop', embedder: null, nowMs: clock };
    const onProgress = ({ phase, done }: { phase: string; done: number }) => {
      if (phase === 'indexing' && done === 10) controller.abort();
    };
    await expect(indexProject(request, { signal: controller.signal, onProgress })).rejects.toThrow();
    const files = await store.indexedFiles('shop');
    expect(files.length).toBeGreaterThan(0);
    expect(files.length).toBeLessThan(12);
    expect(files.every(file => file.units === 300 && file.fileHash !== null)).toBe(true);
    expect(await index(store, root, { embedder: null })).toMatchObject({
      parsed: 12 - files.length,
      units: 3600,
    });
  });

  it('does not take turns with another folder of the same name', async () => {
    const store = await aStore();
    const [one, other] = [tree({ 'a.py': 'def a(): pass\n' }), tree({ 'b.py': 'def b(): pass\n' })];
    await index(store, one);
    await expect(index(store, other)).rejects.toMatchObject({
      code: 'safety_stop',
      hint: expect.stringContaining('--replace'),
    });
    expect(await names(store)).toEqual(['a']);
    expect(await index(store, other, { replace: true })).toMatchObject({ removed: 1, files: 1 });
    rmSync(other, { recursive: true });
    expect(await index(store, one)).toMatchObject({ files: 1 });
    await put(store, codeUnitEntry(aCodeUnit({ projectName: 'imported' }), null));
    await expect(index(store, one, { project: 'imported' })).rejects.toThrow('that were imported');
  });
});

describe('the folder', () => {
  it('must be there', async () => {
    const root = tree({ 'a.py': '' });
    await expect(findRoot(join(root, 'gone'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(findRoot(join(root, 'a.py'))).rejects.toMatchObject({ code: 'usage' });
    await expect(findRoot('a\0b')).rejects.toMatchObject({ code: 'failed' });
    expect(await findRoot(root)).toBe(root);
  });

  it('names the project where nothing else does', () => {
    expect(projectName('/srv/shop', undefined)).toBe('shop');
    expect(projectName('/srv/shop', 'x')).toBe('x');
    expect(() => projectName('/', undefined)).toThrow('1 to 200');
    expect(() => projectName('/srv', 'x'.repeat(201))).toThrow('1 to 200');
  });
});

describe('a search of code', () => {
  const search = (store: Store, query: string, embedder: Embedder | null = hashingEmbedder()) =>
    searchCode(store, { query, filter: ALL_CODE, limit: 5 }, embedder);

  it('finds by parts of names and by docs, the best first', async () => {
    const store = await aStore();
    const root = tree({
      'a.ts':
        '/** Sums the prices of a cart. */\nexport function totalOfCart() {}\nexport function parseHTTPHeader() {}\n',
      'b.py': 'def read_pump_state(): pass\n',
    });
    await index(store, root);
    for (const embedder of [hashingEmbedder(), null]) {
      expect((await search(store, 'parse header', embedder))[0]?.unit.name).toBe('parseHTTPHeader');
      expect((await search(store, 'pump', embedder))[0]?.unit.name).toBe('read_pump_state');
      expect((await search(store, 'sum of prices', embedder))[0]?.unit.name).toBe('totalOfCart');
    }
    place(root, 'c.py', 'def ring_new(size):\n    return [0] * size\n\n\ndef ring_push(ring): pass\n');
    await index(store, root);
    expect((await search(store, 'ring new'))[0]?.unit.name).toBe('ring_new');
    expect(await search(store, ' ')).toEqual([]);
    expect(await search(store, 'nowhere', null)).toEqual([]);
  });

  it('goes on by words when the embedder fails, but not when it was interrupted', async () => {
    const store = await aStore();
    await index(store, tree({ 'b.py': 'def pump(): pass\n' }));
    const failures: unknown[] = [];
    const request = { query: 'pump', filter: ALL_CODE, limit: 5 };
    const found = await searchCode(store, request, countingEmbedder(1), {
      onEmbedderFailure: e => failures.push(e),
    });
    expect(found).toHaveLength(1);
    expect(failures).toHaveLength(1);
    const signal = AbortSignal.abort();
    await expect(searchCode(store, request, countingEmbedder(1), { signal })).rejects.toThrow('down');
  });
});

it('does not forget what is in a file that it may not read', async () => {
  const store = await aStore();
  const root = tree({ 'a.py': 'def a(): pass\n', 'sub/b.py': 'def b(): pass\n' });
  await index(store, root);
  rmSync(root, { recursive: true });
  writeFileSync(root, 'now a file');
  onTestFinished(() => rmSync(root));
  const report = await index(store, root);
  expect(report.unreadable).toMatchObject([{ path: '' }]);
  expect(await names(store)).toEqual(['a', 'b']);
});

it('notes the encoding of what is not UTF-8', async () => {
  const store = await aStore();
  const root = tree({});
  writeFileSync(join(root, 'a.py'), Buffer.from('def a(): pass # \u00e9\n', 'latin1'));
  await index(store, root);
  expect(await units(store)).toMatchObject([{ metadata: { encoding: 'latin1' } }]);
});

it.runIf(process.platform === 'linux')('names what has no UTF-8 for a name, and goes on', async () => {
  const store = await aStore();
  const root = tree({ 'a.py': 'def a(): pass\n' });
  mkdirSync(Buffer.concat([Buffer.from(`${root}/f`), Buffer.of(0xff)]));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/g`), Buffer.of(0xff)]), 'x');
  const unit = aCodeUnit({ projectName: 'shop', filePath: 'f\ufffd/kept.py' });
  await put(store, codeUnitEntry(unit, null));
  const report = await index(store, root, { replace: true });
  expect(report.unreadable.map(({ path }) => path).sort()).toEqual(['f\ufffd', 'g\ufffd']);
  expect(report).toMatchObject({ files: 2, removed: 0 });
});
