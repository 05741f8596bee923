import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { createBackup } from '../../src/backup/create.ts';
import { restoreSource } from '../../src/backup/restore.ts';
import { generateIdentity } from '../../src/formats/age/identity.ts';
import { type Keys, NO_KEYS } from '../../src/formats/age/keys.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { RECORD_KINDS } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { importSource } from '../../src/transfer/import/pipeline.ts';
import { NO_RENAMES } from '../../src/transfer/import/rename.ts';
import { openInput } from '../../src/transfer/open-input.ts';
import { recordsDigest, storeDigest } from '../../src/transfer/store-digest.ts';
import { requestFor } from '../backup/support.ts';
import { anyHoldings, deletionsOf, exportTo, NOTHING, ODDITIES, storeHolding } from '../support/any-store.ts';
import { points, reportFigures } from '../support/deep.ts';
import { folderOfFile } from '../support/folders.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const key = await generateIdentity('x25519');
const KEYS: Keys = { ...NO_KEYS, identities: async () => [key.identity] };
const RUNS = points(1000, 10);
const CHAINS = points(100, 6);

const folder = folderOfFile();

async function importFrom(store: Store, path: string): Promise<void> {
  await using input = await openInput(path, undefined, { keys: KEYS });
  const report = await importSource(store, input.source, {
    input: path,
    filter: EVERYTHING,
    strategy: 'keep-newer',
    renames: NO_RENAMES,
    dryRun: false,
    keepDuplicates: true,
    nearDuplicates: 'off',
    nearThreshold: 0.95,
    rejectsPath: `${path}.rejects`,
    vectors: 'keep',
    embedder: null,
    nowMs: NOW,
  });
  expect(report).toMatchObject({ created: report.total, rejected: 0, warnings: {} });
}

async function restoreFrom(store: Store, path: string): Promise<void> {
  await using input = await openInput(path, undefined, { keys: KEYS });
  await restoreSource(store, input.source, {
    input: path,
    dryRun: false,
    force: true,
    safety: { folder: join(folder, 'safety'), nowMs: NOW, generator: 'memport test', config: {} },
    embedder: null,
    nowMs: NOW,
    confirm: async () => true,
  });
}

/** Names a file of the place of one run. */
type Path = (name: string) => string;

/** Runs the check on so many generated stores; resolves to how many records they held. */
async function forAnyStore(
  runs: number,
  check: (store: Store, path: Path) => Promise<void>,
): Promise<number> {
  let records = 0;
  await fc.assert(
    fc.asyncProperty(anyHoldings, async holdings => {
      const place = join(folder, 'run');
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place);
      records += holdings.records.length;
      const path: Path = name => join(place, name);
      await using store = await storeHolding(path('memport.db'), holdings);
      await check(store, path);
    }),
    { numRuns: runs, seed: inject('seed'), examples: [[NOTHING], [ODDITIES]] },
  );
  return records;
}

/** A way out of a store into a file, and back into an empty one. */
interface Way {
  readonly out: (store: Store, path: Path) => Promise<string>;
  readonly back: (store: Store, file: string) => Promise<void>;
  /** Besides records and vectors. */
  readonly keeps: readonly ('deletions' | 'projects')[];
}

const WAYS: Readonly<Record<string, Way>> = {
  'an archive and a restore': {
    out: (store, path) => exportTo(store, path('a.tar.gz')),
    back: restoreFrom,
    keeps: ['deletions', 'projects'],
  },
  'an archive and an import': {
    out: (store, path) => exportTo(store, path('a.tar.gz')),
    back: importFrom,
    keeps: ['deletions'],
  },
  'an encrypted archive and a restore': {
    out: (store, path) => exportTo(store, path('a.tar.gz.age'), { lock: { recipients: [key.recipient] } }),
    back: restoreFrom,
    keeps: ['deletions', 'projects'],
  },
  'JSON and an import': {
    out: (store, path) => exportTo(store, path('a.json'), { format: 'json' }),
    back: importFrom,
    keeps: [],
  },
  'a backup and a restore': {
    out: async (store, path) => (await createBackup(store, requestFor(path('')))).backup.path,
    back: restoreFrom,
    keeps: ['deletions', 'projects'],
  },
};

describe.each(Object.entries(WAYS))('by way of %s', (_, { out, back, keeps }) => {
  test('a store comes out the same, whatever it holds', async context => {
    const records = await forAnyStore(RUNS, async (store, path) => {
      const file = await out(store, path);
      await using copy = await openStore({ path: path('copy.db') });
      await back(copy, file);
      expect(await storeDigest(copy)).toBe(await storeDigest(store));
      if (keeps.includes('deletions')) expect(await deletionsOf(copy)).toEqual(await deletionsOf(store));
      if (keeps.includes('projects')) expect(await copy.projects()).toEqual(await store.projects());
    });
    reportFigures(context, { stores: RUNS, records });
  }, 1_800_000);
});

test('from archive to JSON to Markdown to archive only vectors, deletions and projects are lost', async context => {
  const records = await forAnyStore(CHAINS, async (store, path) => {
    const digest = await recordsDigest(store);
    await using second = await openStore({ path: path('2.db') });
    await importFrom(second, await exportTo(store, path('a.tar.gz')));
    expect(await storeDigest(second)).toBe(await storeDigest(store));
    await using third = await openStore({ path: path('3.db') });
    await importFrom(third, await exportTo(second, path('b.json'), { format: 'json' }));
    expect(await storeDigest(third)).toBe(await storeDigest(store));
    expect(await deletionsOf(third)).toEqual([]);
    await using fourth = await openStore({ path: path('4.db') });
    await importFrom(fourth, await exportTo(third, path('kb'), { format: 'markdown', embeddings: false }));
    expect(await recordsDigest(fourth)).toBe(digest);
    await using last = await openStore({ path: path('5.db') });
    await restoreFrom(last, await exportTo(fourth, path('c.tar.gz')));
    expect(await recordsDigest(last)).toBe(digest);
    expect(await storeDigest(last)).toBe(await storeDigest(fourth));
    for (const kind of RECORD_KINDS) expect(await last.vectorGroups(kind)).toEqual([]);
  });
  reportFigures(context, { stores: CHAINS, records });
}, 1_800_000);
