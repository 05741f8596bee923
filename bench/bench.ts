// npm run bench [-- --sizes 1000,10000,100000] [--runs 3]: ratios against SQLite's own work on the same rows, in the same run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Measure {
  /** Of a search the median of its runs. */
  readonly ms: number;
  readonly peakMiB: number;
  /** Of searches only. */
  readonly p95?: number;
  /** The median of processor time. */
  readonly cpuMs?: number;
  /** The share of the ten nearest that the index finds. */
  readonly recall?: number;
}

interface Row extends Measure {
  readonly size: number;
  readonly task: string;
  /** What it is compared with, and how many times as long it takes. */
  readonly against: string | null;
  readonly ratio: number | null;
  readonly limit: number | null;
}

const PLAN: readonly {
  readonly task: string;
  readonly against?: string;
  readonly limit?: number;
  readonly most?: number;
}[] = [
  { task: 'backup' },
  { task: 'archive-export', against: 'backup', limit: 2.5 },
  { task: 'archive-export-verified', against: 'backup', limit: 4 },
  { task: 'backup-create', against: 'backup' },
  { task: 'json-export', against: 'backup' },
  { task: 'markdown-export', against: 'backup' },
  { task: 'bare-insert' },
  { task: 'archive-import', against: 'bare-insert', limit: 2 },
  { task: 'archive-import-near-off', against: 'archive-import' },
  { task: 'json-import', against: 'bare-insert' },
  { task: 'near-import-off' },
  { task: 'near-import', against: 'near-import-off' },
  { task: 'search-first' },
  { task: 'search-text' },
  { task: 'search-vector' },
  { task: 'search-hybrid', most: 100 },
];
const PEAK_LIMIT_MIB = 200;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    runs: { type: 'string', default: '3' },
  },
});
const runs = Number(values.runs);
const rows = values.sizes.split(',').map(Number).flatMap(measureSize);
const results = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model ?? '?',
  cores: cpus().length,
  runs,
  rows,
};
writeFileSync(new URL('../../results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);

function measureSize(size: number): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'memport-bench-'));
  try {
    runTask('fill', folder, size);
    runTask('fill-others', folder, size);
    runTask('fill-searched', folder, size);
    const bytes = statSync(join(folder, 'source.db')).size;
    console.log(
      `\n${size.toLocaleString('en')} memories, store of ${(bytes / 2 ** 20).toFixed(1)} MiB, median of ${runs}`,
    );
    console.log('task                         ms   ratio  limit   peak MiB');
    const done = new Map<string, Measure>();
    // Rounds of all tasks, not all rounds of a task: what else the machine does then hits all alike.
    const rounds = Array.from(
      { length: runs },
      () => new Map(PLAN.map(({ task }) => [task, runTask(task, folder, size)])),
    );
    for (const { task } of PLAN) done.set(task, median(rounds.flatMap(round => round.get(task) ?? [])));
    return PLAN.map(plan => report(size, plan, done));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(
  size: number,
  { task, against, limit, most }: (typeof PLAN)[number],
  done: ReadonlyMap<string, Measure>,
): Row {
  const measure = done.get(task) ?? { ms: Number.NaN, peakMiB: Number.NaN };
  const yardstick = against === undefined ? undefined : done.get(against);
  const ratio = yardstick === undefined ? null : measure.ms / yardstick.ms;
  const isSlow =
    (ratio !== null && limit !== undefined && ratio > limit) ||
    measure.ms > (most ?? Number.POSITIVE_INFINITY);
  const over = isSlow || measure.peakMiB > PEAK_LIMIT_MIB;
  const cells = [
    task.padEnd(24),
    measure.ms.toFixed(0).padStart(7),
    (ratio?.toFixed(2) ?? '').padStart(7),
    (limit?.toFixed(1) ?? '').padStart(6),
    measure.peakMiB.toFixed(0).padStart(10),
  ];
  console.log([cells.join(' '), ...describeSearch(measure), ...(over ? ['OVER'] : [])].join('  '));
  return { size, task, ...measure, against: against ?? null, ratio, limit: limit ?? null };
}

function describeSearch({ p95, cpuMs, recall }: Measure): readonly string[] {
  return [
    ...(p95 === undefined ? [] : [`p95 ${p95.toFixed(0)} ms`]),
    ...(cpuMs === undefined ? [] : [`processor ${cpuMs.toFixed(0)} ms`]),
    ...(recall === undefined ? [] : [`recall@10 ${recall.toFixed(3)}`]),
  ];
}

function runTask(task: string, folder: string, size: number): Measure {
  const script = fileURLToPath(new URL('task.js', import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, [script, task, folder, String(size)], { encoding: 'utf8' }),
  ) as Measure;
}

function median(measures: readonly Measure[]): Measure {
  const middle = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const ms = middle(measures.map(m => m.ms));
  const one = measures.find(measure => measure.ms === ms);
  return { ...one, ms, peakMiB: Math.max(...measures.map(m => m.peakMiB)) };
}
