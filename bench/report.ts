import type { Measure, Results, Row } from './measure.ts';
import { GROWTH_LIMIT } from './plan.ts';

/** More than that is not what two runs differ by. */
const NOISE = 1.15;

export const HEADING = 'task                          ms   ratio  limit   peak MiB';

/** A row as it is printed, with what misses its target and what has changed since `before`. */
export function describeRow(row: Row, before: Results | null): string {
  const cells = [
    row.task.padEnd(24),
    row.ms.toFixed(0).padStart(7),
    (row.ratio?.toFixed(2) ?? '').padStart(7),
    (row.limit?.toFixed(1) ?? '').padStart(6),
    row.peakMiB.toFixed(0).padStart(10),
  ];
  const missed = row.missed.length === 0 ? [] : [`MISSED ${row.missed.join(', ')}`];
  return [cells.join(' '), ...describeMore(row), ...missed, ...describeChange(row, before)].join('  ');
}

export function describeMore({ p95, cpuMs, recall }: Measure): readonly string[] {
  return [
    ...(p95 === undefined ? [] : [`p95 ${p95.toFixed(0)} ms`]),
    ...(cpuMs === undefined ? [] : [`processor ${cpuMs.toFixed(0)} ms`]),
    ...(recall === undefined ? [] : [`recall@10 ${recall.toFixed(3)}`]),
  ];
}

/** Ratios are compared where there are any: they hold from one machine to the next. */
function describeChange(row: Row, before: Results | null): readonly string[] {
  const old = before?.rows.find(({ task, size }) => task === row.task && size === row.size);
  if (old === undefined) return [];
  const hasRatios = row.ratio !== null && old.ratio !== null && row.against === old.against;
  const [now, then] = hasRatios ? [row.ratio ?? 0, old.ratio ?? 0] : [row.ms, old.ms];
  const text = hasRatios ? then.toFixed(2) : `${then.toFixed(0)} ms`;
  if (now > then * NOISE) return [`SLOWER, was ${text}`];
  return now * NOISE < then ? [`faster, was ${text}`] : [];
}

export function describeGrowth(growth: ReadonlyMap<string, number>): readonly string[] {
  if (growth.size === 0) return [];
  const lines = [...growth].map(
    ([task, factor]) =>
      `${task.padEnd(24)} ${factor.toFixed(2).padStart(7)}${factor > GROWTH_LIMIT ? '  MISSED' : ''}`,
  );
  return ['', `time per record, largest store against smallest (limit ${GROWTH_LIMIT})`, ...lines];
}
