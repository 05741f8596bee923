import { LINE_SEPARATOR } from '../../model/digest.ts';
import { EVERYTHING } from '../../model/filter.ts';
import type { RecordKind } from '../../model/record.ts';
import type { LineRun, Page, StoredLine } from '../store.ts';
import type { Connection, SqlValue } from './connection.ts';
import { PAGE_SIZE, scanLines } from './scan.ts';
import { TABLES } from './tables.ts';
import { optionalTextOf } from './text-value.ts';
import { whereFilter } from './where.ts';

type RunRow = readonly [
  count: number,
  ids: string | null,
  lines: Uint8Array | null,
  withVector: number,
  fewest: number | null,
  most: number | null,
  labelled: number,
  first: string | Uint8Array | null,
  last: string | Uint8Array | null,
];

/**
 * A page of records as runs. The usual page is one run, which SQLite puts together itself: to make a JavaScript string of
 * every line, and bytes of it again, takes three times as long.
 */
export function scanRuns(connection: Connection, kind: RecordKind, page: Page): readonly LineRun[] {
  const where = whereFilter(kind, page.filter ?? EVERYTHING, 'walk');
  const from = `FROM ${TABLES[kind].records} r WHERE r.id > ? AND ${where.sql} ORDER BY r.id LIMIT ?`;
  const values = (limit: number): SqlValue[] => [page.after ?? '', ...where.values, limit];
  const sized = `SELECT count(*), total(size) FROM (SELECT octet_length(r.record) AS size ${from})`;
  const [[count, size] = [0, 0]] = connection.all<readonly [number, number]>(sized, values(page.limit));
  if (count === 0) return [];
  if (size > PAGE_SIZE) return runsOf(scanLines(connection, kind, page));
  const [row] = connection.all<RunRow>(
    `SELECT count(*), group_concat(id, ''), CAST(group_concat(record, ',' || char(10)) AS BLOB),
       count(dimensions), min(dimensions), max(dimensions), count(model), min(model), max(model)
     FROM (SELECT r.id, r.record, r.embedding_dimensions AS dimensions, r.embedding_model AS model ${from})`,
    values(page.limit),
  );
  const run = row === undefined ? null : runOf(row);
  return run === null ? runsOf(scanLines(connection, kind, page)) : [run];
}

/** The page as one run; null when it is several. */
function runOf([count, ids, lines, withVector, fewest, most, labelled, first, last]: RunRow): LineRun | null {
  if (ids === null || lines === null) return null;
  if (withVector === 0) return { count, ids, lines, vectors: null };
  const model = optionalTextOf(first);
  const isOne =
    withVector === count &&
    fewest === most &&
    (labelled === 0 || labelled === count) &&
    model === optionalTextOf(last);
  return isOne && fewest !== null ? { count, ids, lines, vectors: { model, dimensions: fewest } } : null;
}

function runsOf(lines: readonly StoredLine[]): readonly LineRun[] {
  const runs: StoredLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && isAlike(run[0], line)) run.push(line);
    else runs.push([line]);
  }
  return runs.map(toRun);
}

function isAlike(a: StoredLine, b: StoredLine): boolean {
  return a.dimensions === b.dimensions && (a.dimensions === null || a.model === b.model);
}

function toRun(lines: readonly StoredLine[]): LineRun {
  const [first] = lines;
  return {
    count: lines.length,
    ids: lines.map(line => line.id).join(''),
    lines: Buffer.from(lines.map(({ line }) => line).join(LINE_SEPARATOR)),
    vectors:
      first === undefined || first.dimensions === null
        ? null
        : { model: first.model, dimensions: first.dimensions },
  };
}
