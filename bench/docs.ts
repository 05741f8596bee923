import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawChart, type Series } from './chart.ts';
import type { Results, Row } from './measure.ts';
import { PEAK_LIMIT_MIB, PLAN } from './plan.ts';
import { describeMore } from './report.ts';

const DOCS = new URL('../../../docs/', import.meta.url);
const [BEGIN, END] = ['<!-- bench -->', '<!-- /bench -->'];
const DRAWN = [
  'backup',
  'archive-export-verified',
  'verify',
  'json-export-verified',
  'markdown-export-verified',
  'bare-insert',
  'archive-import',
  'restore',
];

/** Puts the table into docs/performance.md, between its marks, and draws the charts beside it. */
export function writeDocs(results: Results, growth: ReadonlyMap<string, number>): void {
  const charts = new URL('charts/', DOCS);
  mkdirSync(charts, { recursive: true });
  const time = series(results.rows, row => row.ms / 1000);
  const memory = series(results.rows, row => row.peakMiB);
  writeFileSync(
    new URL('time.svg', charts),
    drawChart({ title: 'Time over the size of the store', unit: 's', series: time, isLogarithmic: true }),
  );
  writeFileSync(
    new URL('memory.svg', charts),
    drawChart({
      title: 'Peak memory over the size of the store',
      unit: 'MiB',
      series: memory,
      isLogarithmic: false,
      limit: PEAK_LIMIT_MIB,
    }),
  );
  const path = fileURLToPath(new URL('performance.md', DOCS));
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${path} has no place for the table`);
  writeFileSync(
    path,
    `${text.slice(0, begin + BEGIN.length)}\n\n${tables(results, growth)}\n${text.slice(end)}`,
  );
}

function series(rows: readonly Row[], value: (row: Row) => number): readonly Series[] {
  return DRAWN.flatMap(task => {
    const points = rows.filter(row => row.task === task).map(row => [row.size, value(row)] as const);
    return points.length === 0 ? [] : [{ name: nameOf(task).replaceAll('`', ''), points }];
  });
}

function tables(
  { date, node, cpu, cores, runs, rows }: Results,
  growth: ReadonlyMap<string, number>,
): string {
  const of = runs === 1 ? 'one run' : `the median of ${runs} runs`;
  const sizes = [...new Set(rows.map(({ size }) => size))];
  return [
    `Measured on ${date.slice(0, 10)} with Node ${node.slice(1)} on ${cores} cores of ${cpu}, ${of}.`,
    ...sizes.flatMap(size => ['', `### ${size.toLocaleString('en')} memories`, '', ...table(rows, size)]),
    ...(growth.size === 0 ? [] : ['', ...growthTable(growth)]),
    '',
  ].join('\n');
}

function table(rows: readonly Row[], size: number): readonly string[] {
  return [
    '| work | ms | ratio | against | target | peak MiB | missed |',
    '| --- | ---: | ---: | --- | ---: | ---: | --- |',
    ...rows.filter(row => row.size === size).map(row => `| ${cells(row).join(' | ')} |`),
  ];
}

function cells(row: Row): readonly string[] {
  const line = PLAN.find(({ task }) => task === row.task);
  const target =
    line?.most !== undefined
      ? `${line.most} ms`
      : line?.beyond !== undefined
        ? `+ ${line.beyond} ms`
        : (row.limit?.toFixed(1) ?? '');
  return [
    [nameOf(row.task), ...describeMore(row)].join(', '),
    row.ms < 20 ? row.ms.toFixed(1) : Math.round(row.ms).toLocaleString('en'),
    row.ratio?.toFixed(2) ?? '',
    row.against === null ? '' : nameOf(row.against),
    target,
    row.peakMiB.toFixed(0),
    row.missed.join(', '),
  ];
}

function growthTable(growth: ReadonlyMap<string, number>): readonly string[] {
  return [
    '### Growth',
    '',
    'Time per record in the largest store against that in the smallest from 10,000 on (target 1.15):',
    '',
    '| work | factor |',
    '| --- | ---: |',
    ...[...growth].map(([task, factor]) => `| ${nameOf(task)} | ${factor.toFixed(2)} |`),
  ];
}

function nameOf(task: string): string {
  return PLAN.find(line => line.task === task)?.name ?? task;
}
