// One measured task in a process of its own, so that its peak memory is its own: node bench/task.ts <task> <folder> <count>
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { hashingEmbedder } from '../src/embedding/hashing.ts';
import { openSource } from '../src/formats/detect.ts';
import { keepHeapSmall } from '../src/heap.ts';
import { EVERYTHING } from '../src/model/filter.ts';
import { openStore } from '../src/store/open.ts';
import { exportStore } from '../src/transfer/export.ts';
import { importSource } from '../src/transfer/import/pipeline.ts';
import { bareInsert } from './bare-insert.ts';
import { benchBatches } from './data.ts';

keepHeapSmall();
const [task = '', folder = '', countText = ''] = process.argv.slice(2);
const count = Number(countText);
const file = (name: string): string => join(folder, name);
const SOURCE = file('source.db');

const TASKS: Readonly<Record<string, () => Promise<number>>> = {
  async fill() {
    await using store = await openStore({ path: SOURCE });
    const start = performance.now();
    await store.transact(async transaction => {
      for (const batch of benchBatches(count))
        await transaction.put(batch.map(entry => ({ entry, searchVector: null })));
    });
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
  'json-export': () => measureExport('json', 'memories.json', true),
  'archive-import': () => measureImport('memories.tar.gz'),
  'json-import': () => measureImport('memories.json'),
};

const run = TASKS[task];
if (run === undefined) throw new Error(`no task ${task}`);
const ms = await run();
const peakMiB = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ ms, peakMiB })}\n`);

async function measureExport(format: 'archive' | 'json', name: string, verify: boolean): Promise<number> {
  await using store = await openStore({ path: SOURCE, create: false });
  const target = fresh(name);
  const start = performance.now();
  await exportStore(store, {
    format,
    filter: EVERYTHING,
    target,
    embeddings: format === 'archive',
    code: true,
    exportDate: 0n,
    generator: 'memport bench',
    config: {},
    verify,
  });
  return performance.now() - start;
}

async function measureImport(name: string): Promise<number> {
  await using store = await openStore({ path: fresh(`import-${name}.db`) });
  const start = performance.now();
  await using source = await openSource(file(name));
  const report = await importSource(store, source, {
    input: name,
    filter: EVERYTHING,
    strategy: 'keep-newer',
    renames: new Map(),
    dryRun: false,
    keepDuplicates: false,
    vectors: 'auto',
    rejectsPath: file('rejects.jsonl'),
    embedder: hashingEmbedder(),
    nowMs: Date.now(),
  });
  if (report.created !== count) throw new Error(`${report.created} of ${count} were imported`);
  return performance.now() - start;
}

function fresh(name: string): string {
  for (const ending of ['', '-wal', '-shm']) rmSync(file(name + ending), { force: true });
  return file(name);
}
