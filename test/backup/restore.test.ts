import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type RestoreRequest, restoreSource } from '../../src/backup/restore.ts';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { MemportError } from '../../src/errors.ts';
import { DelegatingSource } from '../../src/formats/delegating-source.ts';
import type { ReadOptions, Source } from '../../src/formats/source.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { bareProject } from '../../src/model/project.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store, Transaction } from '../../src/store/store.ts';
import { exportStore } from '../../src/transfer/export.ts';
import type { ExportRequest } from '../../src/transfer/export-plan.ts';
import { openInput } from '../../src/transfer/open-input.ts';
import { storeDigest } from '../../src/transfer/store-digest.ts';
import { undoOperation } from '../../src/transfer/undo.ts';
import { lines, put, write } from '../contract/place.ts';
import { archiveOf } from '../formats/archive/samples.ts';
import { scratch } from '../support/cli.ts';
import { points } from '../support/deep.ts';
import { dump, type Step, steps, takeSteps } from '../support/random-store.ts';
import { aCodeUnit, aMemory, idOf } from '../support/records.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const EXPORT = { filter: EVERYTHING, exportDate: 1n, generator: 'memport test', config: {} };

async function exported(store: Store, target: string, parts: Partial<ExportRequest> = {}): Promise<string> {
  const what = { format: 'archive', embeddings: true, code: true } as const;
  await exportStore(store, { ...EXPORT, ...what, target, ...parts });
  return target;
}

function requestFor(store: Store, file: string, parts: Partial<RestoreRequest> = {}): RestoreRequest {
  return {
    input: file,
    dryRun: false,
    force: false,
    safety: { folder: backupsOf(store), nowMs: NOW, generator: 'memport test', config: {} },
    embedder: hashingEmbedder(),
    nowMs: NOW,
    confirm: async () => true,
    ...parts,
  };
}

async function restore(store: Store, file: string, parts: Partial<RestoreRequest> = {}, work = {}) {
  await using input = await openInput(file);
  return await restoreSource(store, input.source, requestFor(store, file, parts), work);
}

const backupsOf = (store: Store): string => join(store.location, '..', 'backups');

async function backups(store: Store): Promise<readonly string[]> {
  try {
    return readdirSync(backupsOf(store)).filter(name => name.endsWith('.tar.gz'));
  } catch {
    return [];
  }
}

/** Tombstones and projects as a reader sees them. */
async function others(store: Store): Promise<unknown> {
  return [await store.tombstones({ after: null, limit: 99 }), await store.projects()];
}

async function filled(folder: string, taken: readonly Step[], name = 'memport.db'): Promise<Store> {
  const store = await openStore({ path: join(folder, name) });
  await takeSteps(store, taken);
  return store;
}

const isEmpty = async (store: Store): Promise<boolean> => {
  const { memories, codeUnits } = await store.counts();
  return memories + codeUnits === 0;
};

describe('a restore of an archive', () => {
  it('gives the content, tombstones and projects of the file, and undo those of before', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (mine, theirs) => {
        const folder = scratch();
        await using other = await filled(folder, theirs, 'other.db');
        const file = await exported(other, join(folder, 'other.tar.gz'));
        await using store = await filled(folder, mine);
        const before = dump(store.location);
        const digest = await storeDigest(store);
        const dry = await restore(store, file, { dryRun: true, force: true });
        expect(dump(store.location)).toEqual(before);
        expect(await backups(store)).toEqual([]);
        const report = await restore(store, file, { force: await isEmpty(other) });
        expect(report.plan).toEqual(dry.plan);
        expect(report.contentDigest).toBe(dry.contentDigest);
        expect(await storeDigest(store)).toBe(await storeDigest(other));
        expect(report.contentDigest).toBe(await storeDigest(other));
        expect(await others(store)).toEqual(await others(other));
        const { memories, units, vectors, tags, texts, tombstones } = dump(other.location);
        expect(dump(store.location)).toMatchObject({ memories, units, vectors, tags, texts, tombstones });
        // Whatever was written can be searched; only what was there before and stayed may still wait.
        const pending = await store.pendingVectors(hashingEmbedder().model, 384);
        expect(pending).toBeLessThanOrEqual(report.plan.unchanged);
        const again = await restore(store, file, { force: true });
        expect(again).toMatchObject({
          operationId: null,
          safetyBackup: null,
          contentDigest: report.contentDigest,
        });
        if (report.operationId === null) return;
        expect(await backups(store)).toHaveLength(1);
        await undoOperation(store, { operation: null, dryRun: false, nowMs: NOW });
        expect(dump(store.location)).toEqual(before);
        expect(await storeDigest(store)).toBe(digest);
        await restore(store, report.safetyBackup ?? '', { force: true });
        expect(await storeDigest(store)).toBe(digest);
      }),
      { numRuns: points(300, 20) },
    );
  });

  it('brings back what was deleted since, and no old tombstone deletes it', async () => {
    const folder = scratch();
    await using store = await filled(folder, []);
    await put(store, memoryEntry(aMemory({ content: 'precious' }), null));
    const file = await exported(store, join(folder, 'a.tar.gz'));
    await store.transact(transaction => transaction.delete('memory', [idOf(1)], 5n));
    expect(await restore(store, file)).toMatchObject({
      plan: { added: 1, removed: 0, tombstonesRemoved: 1, tombstonesAdded: 0 },
    });
    expect(await store.counts()).toEqual({ memories: 1, codeUnits: 0, tombstones: 0 });
  });

  it('keeps vectors to the bit and makes none a record’s own', async () => {
    const folder = scratch();
    await using other = await filled(folder, [], 'other.db');
    const { model } = hashingEmbedder();
    await put(other, memoryEntry(aMemory({ embeddingModel: model }), null));
    await put(other, memoryEntry(aMemory({ id: idOf(2), embeddingModel: 'm' }), Float32Array.of(-0, 1e-45)));
    const file = await exported(other, join(folder, 'a.tar.gz'));
    await using store = await filled(folder, []);
    const report = await restore(store, file);
    expect(report).toMatchObject({ vectors: true, pendingVectors: 0 });
    expect(await storeDigest(store)).toBe(await storeDigest(other));
    expect((await store.get('memory', [idOf(1)]))[0]?.vector).toBeNull();
    expect(await store.pendingVectors(model, 384)).toBe(0);
    await put(store, memoryEntry(aMemory({ id: idOf(2), embeddingModel: 'm' }), Float32Array.of(0, 1e-45)));
    expect(await restore(store, file)).toMatchObject({ plan: { changed: 1, unchanged: 1 } });
    expect(await storeDigest(store)).toBe(await storeDigest(other));
  });

  it('puts what was there before in a proven archive that only its owner can read', async () => {
    const folder = scratch();
    await using other = await filled(folder, [], 'other.db');
    await put(other, memoryEntry(aMemory({ content: 'new' }), null));
    const file = await exported(other, join(folder, 'a.tar.gz'));
    await using store = await filled(folder, []);
    await put(store, memoryEntry(aMemory({ content: 'old' }), null));
    const before = await storeDigest(store);
    const { safetyBackup } = await restore(store, file);
    expect(safetyBackup).toMatch(
      /\/backups\/memport-[a-z0-9-]+-20260601T120000Z-[a-z2-7]{4}-safety\.tar\.gz$/,
    );
    expect(statSync(safetyBackup ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(backupsOf(store)).mode & 0o777).toBe(0o700);
    await using input = await openInput(safetyBackup ?? '');
    expect((await input.source.verify()).contentDigest).toBe(before);
  });
});

test('a restore of an archive of an older schema gives its records in the shape of today', async () => {
  class Older extends DelegatingSource {
    protected readonly inner: Source;

    constructor(inner: Source) {
      super();
      this.inner = inner;
    }

    override get migrations() {
      return ['memport 2.0 → memport 3.0'];
    }

    override async *read(options?: ReadOptions) {
      for await (const items of this.inner.read(options))
        yield items.map(item =>
          item.type === 'record'
            ? { ...item, value: { ...item.value, content: 'in the shape of today' }, line: null }
            : item,
        );
    }
  }
  const folder = scratch();
  await using other = await filled(folder, [], 'other.db');
  await put(other, memoryEntry(aMemory({ content: 'in an old shape' }), null));
  const file = await exported(other, join(folder, 'a.tar.gz'));
  await using store = await filled(folder, []);
  await put(store, memoryEntry(aMemory({ id: idOf(7) }), null));
  await using input = await openInput(file);
  const report = await restoreSource(store, new Older(input.source), requestFor(store, file));
  expect(report).toMatchObject({ plan: { added: 1, removed: 1 }, contentDigest: await storeDigest(store) });
  expect(await lines(store)).toEqual([expect.stringContaining('"in the shape of today"')]);
});

describe('a restore of JSON', () => {
  async function pair(): Promise<{ folder: string; store: Store; other: Store }> {
    const folder = scratch();
    const other = await filled(folder, [], 'other.db');
    const store = await filled(folder, []);
    const labelled = { embeddingModel: 'm' };
    await put(other, memoryEntry(aMemory(labelled), Float32Array.of(1)));
    await put(other, memoryEntry(aMemory({ id: idOf(2), content: 'two', ...labelled }), Float32Array.of(2)));
    await put(store, memoryEntry(aMemory(labelled), Float32Array.of(7)));
    await put(store, memoryEntry(aMemory({ id: idOf(3), content: 'three' }), null));
    await store.transact(async transaction => {
      await transaction.putProjects([{ ...bareProject('p'), aliases: ['q'] }]);
      await transaction.addTombstones([{ kind: 'memory', id: idOf(9), deletedAt: 1n, contentHash: 'h' }]);
    });
    return { folder, store, other };
  }

  it('with vectors restores them too, and leaves deletions and projects alone, which it can’t hold', async () => {
    const { folder, store, other } = await pair();
    await using _other = other;
    await using _store = store;
    const kept = await others(store);
    const file = await exported(other, join(folder, 'a.json'), { format: 'json' });
    const report = await restore(store, file);
    expect(report).toMatchObject({ vectors: true, plan: { added: 1, changed: 1, removed: 1 } });
    expect(await storeDigest(store)).toBe(await storeDigest(other));
    expect(report.contentDigest).toBe(await storeDigest(store));
    expect(await others(store)).toEqual(kept);
  });

  it('without vectors restores the records; equal ones keep their vectors, the others get new ones', async () => {
    const { folder, store, other } = await pair();
    await using _other = other;
    await using _store = store;
    const file = await exported(other, join(folder, 'a.json'), { format: 'json', embeddings: false });
    expect(await restore(store, file, { dryRun: true })).toMatchObject({ contentDigest: null });
    const report = await restore(store, file);
    expect(report).toMatchObject({
      vectors: false,
      plan: { added: 1, changed: 0, removed: 1, unchanged: 1 },
    });
    expect(await lines(store)).toEqual(await lines(other));
    expect((await store.get('memory', [idOf(1)]))[0]?.vector).toEqual(Float32Array.of(7));
    expect(report.contentDigest).toBe(await storeDigest(store));
    expect(report.pendingVectors).toBe(0);
  });

  it('without the code index stops where the store has one, unless forced', async () => {
    const { folder, store, other } = await pair();
    await using _other = other;
    await using _store = store;
    await put(store, codeUnitEntry(aCodeUnit(), null));
    const before = dump(store.location);
    const file = await exported(other, join(folder, 'a.json'), { format: 'json', code: false });
    await expect(restore(store, file)).rejects.toMatchObject({
      code: 'safety_stop',
      message: expect.stringContaining('code index'),
      hint: expect.stringMatching(/memport import.*--force/),
    });
    expect(dump(store.location)).toEqual(before);
    await restore(store, file, { force: true });
    expect(await store.counts()).toMatchObject({ codeUnits: 0, memories: 2 });
    const whole = await exported(other, join(folder, 'b.json'), { format: 'json', code: true });
    await put(store, codeUnitEntry(aCodeUnit(), null));
    expect(await restore(store, whole)).toMatchObject({ plan: { removed: 1, unchanged: 2 } });
  });
});

describe('a restore is refused, and changes nothing,', () => {
  async function ready(): Promise<{ folder: string; store: Store; file: string; before: unknown }> {
    const folder = scratch();
    await using other = await filled(folder, [], 'other.db');
    await put(other, memoryEntry(aMemory(), null), memoryEntry(aMemory({ id: idOf(2) }), null));
    const file = await exported(other, join(folder, 'a.tar.gz'));
    const store = await filled(folder, []);
    await put(store, memoryEntry(aMemory({ content: 'mine' }), null));
    return { folder, store, file, before: dump(store.location) };
  }

  async function unchanged({ store, before }: { store: Store; before: unknown }): Promise<void> {
    expect(dump(store.location)).toEqual(before);
    expect(await store.operations({ prefix: '', after: null, limit: 9 })).toEqual([]);
    expect(await backups(store)).toEqual([]);
  }

  it('when the file is damaged', async () => {
    const all = await ready();
    await using store = all.store;
    const bytes = readFileSync(all.file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(all.file, bytes);
    await expect(restore(store, all.file)).rejects.toMatchObject({ code: 'integrity' });
    await unchanged(all);
  });

  it('when a record can’t be stored or stands there twice', async () => {
    const all = await ready();
    await using store = all.store;
    const memory = { id: idOf(5), content: 'x', category: 'fact', created_at: '2026-01-01' };
    const document = (...memories: object[]) =>
      JSON.stringify({
        version: '1.0.0',
        schema_version: '3.0.0',
        generator: 'memport 1',
        export_type: 'full',
        memory_count: memories.length,
        memories,
      });
    const file = join(all.folder, 'bad.json');
    const many = Array.from({ length: 12 }, () => ({ ...memory, content: '' }));
    for (const [text, why] of [
      [document(memory, { ...memory, content: '' }), 'content'],
      [document(memory, { ...memory, content: 'other' }), 'twice'],
      [document(memory, 5 as unknown as object), 'number 2'],
      [document(...many), '… and 2 more'],
    ] as const) {
      writeFileSync(file, text);
      await expect(restore(store, file)).rejects.toMatchObject({
        code: 'integrity',
        message: expect.stringContaining(why),
        hint: expect.stringContaining('memport import'),
      });
    }
    const spread = Array.from({ length: 3000 }, (_, n) => ({
      ...memory,
      id: idOf(n + 10),
      content: 'x'.repeat(100),
    }));
    writeFileSync(file, document(memory, ...spread, memory));
    await expect(restore(store, file)).rejects.toThrow('twice');
    await unchanged(all);
  });

  it('when an archive holds a record that can’t be stored, or not as it stands there', async () => {
    const all = await ready();
    await using store = all.store;
    await using empty = await filled(all.folder, [], 'empty.db');
    const nothing = dump(empty.location);
    const file = join(all.folder, 'bad.tar.gz');
    const good = memoryEntry(aMemory(), null);
    const other = memoryEntry(aMemory({ id: idOf(2), content: 'other' }), null);
    for (const [line, why] of [
      [other.line.replace('"other"', '""'), `memory ${idOf(2)}: `],
      [other.line.replace('"content"', '"unknown":1, "content"'), 'can not be stored exactly as it is'],
    ] as const) {
      expect(line).not.toBe(other.line);
      writeFileSync(file, await archiveOf({ entries: [good, { ...other, line }] }));
      for (const into of [store, empty])
        for (const dryRun of [true, false]) {
          await expect(restore(into, file, { dryRun })).rejects.toMatchObject({
            code: 'integrity',
            message: expect.stringContaining(why),
            hint: expect.stringMatching(/nothing was changed.*memport import/),
          });
        }
    }
    expect(dump(empty.location)).toEqual(nothing);
    await unchanged(all);
  });

  it('when an archive holds a record that can’t be stored, and for the rest just what is in the store', async () => {
    const folder = scratch();
    await using store = await filled(folder, []);
    const good = memoryEntry(aMemory(), null);
    const bad = memoryEntry(aMemory({ id: idOf(2), content: 'other' }), null);
    await put(store, good);
    const before = dump(store.location);
    const file = join(folder, 'bad.tar.gz');
    for (const line of [bad.line.replace('"other"', '""'), '{']) {
      writeFileSync(file, await archiveOf({ entries: [good, { ...bad, line }] }));
      for (const dryRun of [true, false])
        await expect(restore(store, file, { dryRun })).rejects.toMatchObject({
          code: 'integrity',
          message: expect.stringContaining("can't be restored exactly"),
        });
    }
    expect(dump(store.location)).toEqual(before);
  });

  it('before anyone is asked, when the record that can’t be stored would be told of as removed', async () => {
    const all = await ready();
    await using store = all.store;
    const kept = memoryEntry(aMemory({ id: idOf(2), content: 'other' }), null);
    const line = kept.line.replace('"other"', '""');
    const file = join(all.folder, 'bad.tar.gz');
    writeFileSync(file, await archiveOf({ entries: [memoryEntry(aMemory(), null), { ...kept, line }] }));
    const confirm = async () => expect.unreachable('asked with a wrong plan');
    await expect(restore(store, file, { confirm })).rejects.toMatchObject({ code: 'integrity' });
    await unchanged(all);
  });

  it('when the file is a filtered export, unless forced', async () => {
    const all = await ready();
    await using store = all.store;
    await using other = await openStore({ path: join(all.folder, 'other.db') });
    for (const format of ['archive', 'json'] as const) {
      const filter = { ...EVERYTHING, categories: ['fact'] };
      const file = await exported(other, join(all.folder, `f.${format}`), { format, filter });
      await expect(restore(store, file)).rejects.toMatchObject({
        code: 'safety_stop',
        exitCode: 23,
        message: expect.stringContaining('filtered'),
        hint: expect.stringMatching(/memport import.*--force/),
      });
      await expect(restore(store, file, { dryRun: true })).rejects.toMatchObject({ code: 'safety_stop' });
    }
    await unchanged(all);
    expect(await restore(store, join(all.folder, 'f.json'), { force: true })).toMatchObject({
      plan: { changed: 1, added: 1 },
    });
  });

  it('when it would empty the store, unless forced', async () => {
    const all = await ready();
    await using store = all.store;
    await using empty = await filled(all.folder, [], 'empty.db');
    const file = await exported(empty, join(all.folder, 'e.tar.gz'));
    await expect(restore(store, file)).rejects.toMatchObject({
      code: 'safety_stop',
      message: expect.stringContaining('all 1'),
    });
    await unchanged(all);
    await restore(store, file, { force: true });
    expect(await store.counts()).toMatchObject({ memories: 0 });
    expect(await restore(empty, file)).toMatchObject({ operationId: null });
  });

  it('when it is not confirmed, which is asked with the plan', async () => {
    const all = await ready();
    await using store = all.store;
    const plans: unknown[] = [];
    const confirm: RestoreRequest['confirm'] = async plan => {
      plans.push(plan);
      return false;
    };
    await expect(restore(store, all.file, { confirm })).rejects.toMatchObject({ code: 'safety_stop' });
    expect(plans).toMatchObject([{ added: 1, changed: 1, removed: 0, unchanged: 0 }]);
    await unchanged(all);
  });

  it('when the safety backup can’t be written', async () => {
    const all = await ready();
    await using store = all.store;
    writeFileSync(join(all.folder, 'no-folder'), '');
    const safety = { folder: join(all.folder, 'no-folder'), nowMs: NOW, generator: 'x', config: {} };
    await expect(restore(store, all.file, { safety })).rejects.toMatchObject({
      message: expect.stringMatching(/safety backup.*nothing was done/),
    });
    await unchanged(all);
  });

  it.each(['reading', 'comparing', 'writing', 'restoring'])(
    'when it is interrupted while %s',
    async phase => {
      const all = await ready();
      await using store = all.store;
      const stop = new AbortController();
      const onProgress = (progress: { phase: string }) => progress.phase === phase && stop.abort();
      const work = { signal: stop.signal, onProgress };
      await expect(restore(store, all.file, {}, work)).rejects.toThrow(/interrupted|abort/);
      expect(dump(store.location)).toEqual(all.before);
      expect((await backups(store)).filter(name => name.includes('.tmp'))).toEqual([]);
      await restore(store, all.file);
      expect(await store.counts()).toMatchObject({ memories: 2 });
    },
  );
});

describe('a restore proves what it did', () => {
  /** A store whose transactions leave out or add something on the way. */
  function faulty(store: Store, change: Partial<Transaction>): Store {
    const transact: Store['transact'] = (work, options) =>
      store.transact(transaction => {
        const overlay = new Proxy(transaction, {
          get(target, name: keyof Transaction) {
            const value = Object.hasOwn(change, name) ? change[name] : target[name];
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
        return work(overlay);
      }, options);
    return new Proxy(store, {
      get(target, name: keyof Store) {
        const value = name === 'transact' ? transact : target[name];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  async function ready() {
    const folder = scratch();
    await using other = await filled(folder, [], 'other.db');
    await put(other, memoryEntry(aMemory(), null), memoryEntry(aMemory({ id: idOf(2) }), null));
    await other.transact(async transaction => {
      await transaction.addTombstones([{ kind: 'memory', id: idOf(8), deletedAt: 1n, contentHash: 'h' }]);
      await transaction.putProjects([{ ...bareProject('p'), aliases: ['q'] }]);
    });
    const file = await exported(other, join(folder, 'a.tar.gz'));
    const store = await filled(folder, []);
    await put(store, memoryEntry(aMemory({ id: idOf(5) }), null));
    return { store, file, before: dump(store.location) };
  }

  const nothing = async () => {};
  it.each([
    ['a record is missing', { put: nothing }],
    ['a record or a tombstone is wrong', { clear: async () => 0 }],
    ['a project is missing', { putProjects: nothing }],
  ])('and takes it back when %s', async (_, change) => {
    const { store, file, before } = await ready();
    await using _store = store;
    await expect(restore(faulty(store, change), file)).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('taken back'),
    });
    expect(dump(store.location)).toEqual(before);
    await restore(faulty(store, {}), file);
    expect(await store.counts()).toEqual({ memories: 2, codeUnits: 0, tombstones: 1 });
  });

  it.each([
    ['no_space', 0],
    ['interrupted', 0],
    ['integrity', 1],
  ] as const)(
    'and leaves no safety backup behind when it ends in %s, unless the store may be damaged',
    async (code, left) => {
      const { store, file, before } = await ready();
      await using _store = store;
      const stop = new AbortController();
      const deleteProjects = async (): Promise<void> => {
        expect(await backups(store)).toHaveLength(1);
        if (code === 'interrupted') stop.abort();
        throw new MemportError(code, 'that is the end');
      };
      const run = restore(faulty(store, { deleteProjects }), file, {}, { signal: stop.signal });
      await expect(run).rejects.toMatchObject({ code });
      expect(await backups(store)).toHaveLength(left);
      expect(dump(store.location)).toEqual(before);
    },
  );

  it('and refuses a file whose content is not what its digest says', async () => {
    const { store, file, before } = await ready();
    await using _store = store;
    await using input = await openInput(file);
    const { source } = input;
    const verify = async () => ({ ...(await source.verify()), contentDigest: `sha256:${'0'.repeat(64)}` });
    const { format, version, schemaVersion, system, header } = source;
    const lying = {
      ...{ format, version, schemaVersion, system, header, verify },
      read: () => source.read(),
      [Symbol.asyncDispose]: async () => {},
    };
    const request = {
      ...{ input: file, dryRun: false, force: true, embedder: null, nowMs: NOW, confirm: async () => true },
      safety: { folder: backupsOf(store), nowMs: NOW, generator: 'x', config: {} },
    };
    await expect(restoreSource(store, lying, request)).rejects.toMatchObject({ code: 'integrity' });
    expect(dump(store.location)).toEqual(before);
  });

  it('with more tombstones and records than one batch takes', async () => {
    const folder = scratch();
    await using store = await filled(folder, []);
    const stone = (n: number) => ({ kind: 'memory', id: idOf(n), deletedAt: 1n, contentHash: 'h' }) as const;
    const all = Array.from({ length: 1203 }, (_, n) => n);
    await store.transact(async transaction => {
      await transaction.put(all.map(n => write(memoryEntry(aMemory({ id: idOf(n) }), null))));
      await transaction.addTombstones(all.map(n => stone(n + 5000)));
    });
    const file = await exported(store, join(folder, 'a.tar.gz'));
    const full = dump(store.location);
    await using other = await filled(folder, [], 'other.db');
    await other.transact(async transaction => {
      await transaction.put(all.map(n => write(memoryEntry(aMemory({ id: idOf(n + 600) }), null))));
      await transaction.addTombstones(all.map(n => stone(n + 5600)));
    });
    const before = dump(other.location);
    expect(await restore(other, file)).toMatchObject({
      plan: { added: 600, removed: 600, unchanged: 603, tombstonesAdded: 600, tombstonesRemoved: 600 },
    });
    const { memories, tombstones } = dump(other.location);
    expect({ memories, tombstones }).toEqual({ memories: full.memories, tombstones: full.tombstones });
    await undoOperation(other, { operation: null, dryRun: false, nowMs: NOW });
    expect(dump(other.location)).toEqual(before);
  });
});

describe('a restore while others write', () => {
  it('takes what came between the plan and the lock into the safety backup', async () => {
    const folder = scratch();
    await using other = await filled(folder, [], 'other.db');
    await put(other, memoryEntry(aMemory(), null));
    const file = await exported(other, join(folder, 'a.tar.gz'));
    await using store = await filled(folder, []);
    await using writer = await openStore({ path: store.location });
    await put(store, memoryEntry(aMemory({ id: idOf(2) }), null));
    const report = await restore(store, file, {
      confirm: async () => {
        await put(writer, memoryEntry(aMemory({ id: idOf(3), content: 'in between' }), null));
        return true;
      },
    });
    expect(report.plan).toMatchObject({ added: 1, removed: 2 });
    await using check = await filled(folder, [], 'check.db');
    await restore(check, report.safetyBackup ?? '');
    expect((await check.get('memory', [idOf(3)]))[0]?.line).toContain('in between');
  });

  it('lets readers see the old until it is done, and writers wait', async () => {
    const folder = scratch();
    await using other = await filled(folder, [], 'other.db');
    await put(other, memoryEntry(aMemory(), null));
    const file = await exported(other, join(folder, 'a.tar.gz'));
    await using store = await filled(folder, []);
    await put(store, memoryEntry(aMemory({ id: idOf(2) }), null));
    await using reader = await openStore({ path: store.location });
    const seen = new Set<string>();
    let addition: Promise<void> | null = null;
    const looks: Promise<void>[] = [];
    const onProgress = ({ phase }: { phase: string }): void => {
      looks.push(lines(reader).then(found => void seen.add(JSON.stringify(found.length))));
      if (phase === 'restoring') looks.push(lines(reader).then(found => expect(found[0]).toContain(idOf(2))));
      // Asked for while the safety backup is being written, which does not have it: it must wait for the end.
      if (phase === 'writing')
        addition ??= reader.transact(transaction =>
          transaction.put([write(memoryEntry(aMemory({ id: idOf(7) }), null))]),
        );
    };
    await restore(store, file, {}, { onProgress });
    await Promise.all([...looks, addition]);
    expect([...seen]).toEqual(['1']);
    expect((await lines(store)).map(line => JSON.parse(line).id)).toEqual([1, 7].map(idOf));
  });
});

describe('the guard of a restore', () => {
  it('sees the store inside the transaction and stops everything by throwing', async () => {
    const folder = scratch();
    await using store = await openStore({ path: join(folder, 'memport.db') });
    const file = await exported(store, join(folder, 'empty.tar.gz'));
    await put(store, memoryEntry(aMemory({ id: idOf(1) }), null));
    const before = await storeDigest(store);
    let seen = 0;
    const guard = async (reader: Pick<Store, 'counts'>): Promise<void> => {
      seen = (await reader.counts()).memories;
      throw new Error('not this one');
    };
    await expect(restore(store, file, { force: true, guard })).rejects.toThrow('not this one');
    expect({ seen, digest: await storeDigest(store), backups: await backups(store) }).toEqual({
      seen: 1,
      digest: before,
      backups: [],
    });
    await restore(store, file, { force: true, guard: async () => {} });
    expect((await store.counts()).memories).toBe(0);
  });
});
