// One measured task in a process of its own, so that its peak memory is its own: node bench/task.ts <task> <folder> <count>
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createBackup } from '../src/backup/create.ts';
import { restoreSource } from '../src/backup/restore.ts';
import { hashingEmbedder } from '../src/embedding/hashing.ts';
import { openSource } from '../src/formats/detect.ts';
import { keepHeapSmall } from '../src/heap.ts';
import { EVERYTHING } from '../src/model/filter.ts';
import type { MemoryEntry } from '../src/model/record.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';
import { exportStore } from '../src/transfer/export.ts';
import type { ExportFormat } from '../src/transfer/export-plan.ts';
import type { NearMode } from '../src/transfer/import/near.ts';
import { importSource } from '../src/transfer/import/pipeline.ts';
import type { ImportReport } from '../src/transfer/import/report.ts';
import { bareInsert } from './bare-insert.ts';
import { benchBatches, othersBatches } from './data.ts';
import { measureFirst, measureSearch, type SearchMeasure, type SearchWay, searchBatches } from './search.ts';

keepHeapSmall();
const [task = '', folder = '', countText = ''] = process.argv.slice(2);
const count = Number(countText);
const file = (name: string): string => join(folder, name);
const SOURCE = file('source.db');
const OTHERS = file('others.db');
const SEARCHED = file('searched.db');
const COMMAND_RUNS = 15;

const TASKS: Readonly<
  Record<string, () => Promise<number | SearchMeasure | { readonly ms: number; readonly recall: number }>>
> = {
  fill: () => fill(SOURCE, benchBatches(count)),
  async 'fill-others'() {
    const start = performance.now();
    await fill(OTHERS, othersBatches(count));
    await measureExport('archive', 'others.tar.gz', false, OTHERS);
    return performance.now() - start;
  },
  async backup() {
    const db = new Database(SOURCE, { readonly: true });
    const target = fresh('backup.db');
    const start = performance.now();
    await db.backup(target, { progress: () => 1_000_000 });
    return performance.now() - start;
  },
  'bare-insert': () => bareInsert(fresh('bare.db'), count),
  'archive-export': () => measureExport('archive', 'memories.tar.gz', false),
  'archive-export-verified': () => measureExport('archive', 'memories.tar.gz', true),
  async verify() {
    const start = performance.now();
    await using source = await openSource(file('memories.tar.gz'));
    await source.verify();
    return performance.now() - start;
  },
  'archive-plain': () => measureExport('archive', 'plain.tar.gz', false, SOURCE, false),
  'archive-plain-verified': () => measureExport('archive', 'plain.tar.gz', true, SOURCE, false),
  'json-export': () => measureExport('json', 'memories.json', false),
  'json-export-verified': () => measureExport('json', 'memories.json', true),
  'markdown-export': () => measureMarkdown(false),
  'markdown-export-verified': () => measureMarkdown(true),
  async 'backup-create'() {
    rmSync(file('backups'), { recursive: true, force: true });
    await using store = await openStore({ path: SOURCE, create: false });
    const start = performance.now();
    await createBackup(store, {
      destination: { folder: file('backups'), isOwn: true },
      trigger: 'manual',
      format: 'archive',
      nowMs: Date.now(),
      generator: 'memport bench',
      config: {},
    });
    return performance.now() - start;
  },
  'archive-import': () => measureImport('memories.tar.gz'),
  'archive-import-near-off': () => measureImport('memories.tar.gz', 'off'),
  'dry-run': () => measureImport('memories.tar.gz', 'keep', true),
  restore: measureRestore,
  'near-import': () => measureNear('keep'),
  'near-import-off': () => measureNear('off'),
  'fill-searched': () => fill(SEARCHED, searchBatches(count)),
  async 'search-first'() {
    await using store = await openStore({ path: SEARCHED, create: false });
    return await measureFirst(store, count);
  },
  'search-text': () => measureSearches('text'),
  'search-vector': () => measureSearches('vector'),
  'search-hybrid': () => measureSearches('hybrid'),
  'json-import': () => measureImport('memories.json'),
  help: async () => measureCommand(['--help']),
  async list() {
    mkdirSync(file('home'), { recursive: true, mode: 0o700 });
    copyFileSync(SOURCE, file('home/memport.db'));
    return measureCommand(['list', '--limit', '1']);
  },
  add: async () => measureCommand(['add', 'a memory like any other']),
};

const run = TASKS[task];
if (run === undefined) throw new Error(`no task ${task}`);
const result = await run();
const peakMiB = process.resourceUsage().maxRSS / 1024;
const measure = typeof result === 'number' ? { ms: result } : result;
process.stdout.write(`${JSON.stringify({ ...measure, peakMiB })}\n`);

async function fill(
  path: string,
  batches: Iterable<readonly MemoryEntry[]> | AsyncIterable<readonly MemoryEntry[]>,
): Promise<number> {
  await using store = await openStore({ path });
  const start = performance.now();
  await store.transact(async transaction => {
    for await (const batch of batches)
      await transaction.put(batch.map(entry => ({ entry, searchVector: null })));
  });
  return performance.now() - start;
}

async function measureSearches(way: SearchWay): Promise<SearchMeasure> {
  await using store = await openStore({ path: SEARCHED, create: false });
  return await measureSearch(store, way, count);
}

async function measureExport(
  format: ExportFormat,
  name: string,
  verify: boolean,
  path = SOURCE,
  embeddings = format === 'archive',
): Promise<number> {
  await using store = await openStore({ path, create: false });
  const target = format === 'markdown' ? file(name) : fresh(name);
  const start = performance.now();
  await exportStore(store, {
    format,
    filter: EVERYTHING,
    target,
    embeddings,
    code: true,
    exportDate: 0n,
    generator: 'memport bench',
    config: {},
    verify,
  });
  return performance.now() - start;
}

function measureMarkdown(verify: boolean): Promise<number> {
  rmSync(file('knowledge'), { recursive: true, force: true });
  return measureExport('markdown', 'knowledge', verify);
}

async function measureImport(name: string, near: NearMode = 'keep', dryRun = false): Promise<number> {
  await using store = await openStore({ path: fresh(`import-${name}.db`) });
  const { ms } = await timedImport(store, name, near, dryRun);
  return ms;
}

/** Into an empty store, so that it is compared with what an import does. */
async function measureRestore(): Promise<number> {
  await using store = await openStore({ path: fresh('restored.db') });
  const start = performance.now();
  await using source = await openSource(file('memories.tar.gz'));
  const nowMs = Date.now();
  await restoreSource(store, source, {
    input: 'memories.tar.gz',
    dryRun: false,
    force: false,
    safety: { folder: file('backups'), nowMs, generator: 'memport bench', config: {} },
    embedder: hashingEmbedder(),
    nowMs,
    confirm: async () => true,
  });
  const ms = performance.now() - start;
  const { memories } = await store.counts();
  if (memories !== count) throw new Error(`${memories} of ${count} were restored`);
  return ms;
}

/** The median of whole runs of the real program. */
function measureCommand(args: readonly string[]): number {
  const program = fileURLToPath(new URL('../../../bin/memport.js', import.meta.url));
  const times = Array.from({ length: COMMAND_RUNS }, () => {
    const start = performance.now();
    const env = { ...process.env, MEMPORT_HOME: file('home') };
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[COMMAND_RUNS >> 1] ?? Number.NaN;
}

/** As many again into a full store: one in ten is near to one that is there. */
async function measureNear(near: NearMode): Promise<number> {
  const path = fresh('near.db');
  copyFileSync(SOURCE, path);
  await using store = await openStore({ path });
  const { ms, report } = await timedImport(store, 'others.tar.gz', near);
  const [found, expected] = [report.near_duplicates, near === 'off' ? 0 : Math.ceil(count / 10)];
  if (found < expected * 0.99 || found > expected) throw new Error(`${found} of ${expected} near ones found`);
  return ms;
}

async function timedImport(
  store: Store,
  name: string,
  nearDuplicates: NearMode,
  dryRun = false,
): Promise<{ readonly ms: number; readonly report: ImportReport }> {
  const start = performance.now();
  await using source = await openSource(file(name));
  const report = await importSource(store, source, {
    input: name,
    filter: EVERYTHING,
    strategy: 'keep-newer',
    renames: new Map(),
    dryRun,
    keepDuplicates: false,
    nearDuplicates,
    nearThreshold: 0.95,
    vectors: 'auto',
    rejectsPath: file('rejects.jsonl'),
    embedder: hashingEmbedder(),
    nowMs: Date.now(),
  });
  if (report.created !== count) throw new Error(`${report.created} of ${count} were imported`);
  return { ms: performance.now() - start, report };
}

function fresh(name: string): string {
  for (const ending of ['', '-wal', '-shm']) rmSync(file(name + ending), { force: true });
  return file(name);
}
