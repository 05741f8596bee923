// npm run bench [-- --sizes 1000,10000,100000] [--runs 3] [--tasks restore,…] [--compare FILE] [--stores FOLDER] [--keep]
// [--docs]
// Ratios against SQLite's own work on the same rows, in the same run. --stores keeps the filled stores in a folder and uses
// them again; --tasks measures only these and what they are compared with; --keep leaves all other results in
// results.json; --docs writes the tables of docs/performance.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeDocs } from './docs.ts';
import { type Measure, median, type Results, type Row, rowOf, withGrowth } from './measure.ts';
import { PLAN } from './plan.ts';
import { describeGrowth, describeRow, HEADING } from './report.ts';

/** Whatever the machine has: that much must do. */
const NODE_FLAGS = ['--max-old-space-size=256'];
const RESULTS = fileURLToPath(new URL('../../results.json', import.meta.url));

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    runs: { type: 'string', default: '3' },
    tasks: { type: 'string' },
    compare: { type: 'string', default: RESULTS },
    stores: { type: 'string' },
    keep: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const before = existsSync(values.compare)
  ? (JSON.parse(readFileSync(values.compare, 'utf8')) as Results)
  : null;
const sizes = values.sizes.split(',').map(Number);
const plan = PLAN.filter(({ task }) => isChosen(task));
const rowsNow = sizes.flatMap(measureSize);
const isNow = ({ size, task }: Row): boolean => rowsNow.some(row => row.size === size && row.task === task);
const kept = values.keep && before !== null ? before.rows.filter(row => !isNow(row)) : [];
const placeOf = ({ task }: Row): number => PLAN.findIndex(line => line.task === task);
const measured = [...kept, ...rowsNow].sort((a, b) => a.size - b.size || placeOf(a) - placeOf(b));
const { rows, growth } = withGrowth(measured);
for (const line of describeGrowth(growth)) console.log(line);
const results: Results = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model ?? '?',
  cores: cpus().length,
  runs,
  rows,
};
writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
if (values.docs) writeDocs(results, growth);

function isChosen(task: string): boolean {
  const chosen = values.tasks?.split(',');
  if (chosen === undefined) return true;
  return chosen.includes(task) || PLAN.some(line => chosen.includes(line.task) && line.against === task);
}

function measureSize(size: number): readonly Row[] {
  const folder =
    values.stores === undefined
      ? mkdtempSync(join(tmpdir(), 'memport-bench-'))
      : join(values.stores, String(size));
  mkdirSync(folder, { recursive: true });
  const lines = plan.filter(({ upTo = Number.POSITIVE_INFINITY }) => size <= upTo);
  try {
    fill('fill', 'source.db');
    if (lines.some(({ task }) => task === 'near-import')) fill('fill-others', 'others.db');
    if (lines.some(({ task }) => task.startsWith('search-'))) fill('fill-searched', 'searched.db');
    const MiB = statSync(join(folder, 'source.db')).size / 2 ** 20;
    console.log(
      `\n${size.toLocaleString('en')} memories, store of ${MiB.toFixed(1)} MiB, median of ${runs}\n${HEADING}`,
    );
    // Rounds of all tasks, not all rounds of a task: what else the machine does then hits all alike.
    const rounds = Array.from(
      { length: runs },
      () => new Map(lines.map(({ task }) => [task, runTask(task, folder, size)])),
    );
    const done = new Map(
      lines.map(({ task }) => [task, median(rounds.flatMap(round => round.get(task) ?? []))]),
    );
    return lines.flatMap(line => {
      const measure = done.get(line.task);
      if (measure === undefined) return [];
      const row = rowOf(size, line, measure, done.get(line.against ?? ''));
      console.log(describeRow(row, before));
      return [row];
    });
  } finally {
    if (values.stores === undefined) rmSync(folder, { recursive: true, force: true });
  }

  function fill(task: string, name: string): void {
    if (!existsSync(join(folder, name))) runTask(task, folder, size);
  }
}

function runTask(task: string, folder: string, size: number): Measure {
  const script = fileURLToPath(new URL('task.js', import.meta.url));
  const args = [...NODE_FLAGS, script, task, folder, String(size)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measure;
}
