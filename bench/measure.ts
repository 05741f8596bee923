import type { Line } from './plan.ts';
import { GROWING, GROWS_FROM, GROWTH_LIMIT, PEAK_LIMIT_MIB } from './plan.ts';

export interface Measure {
  /** The median of the runs; of a search, of its queries too. */
  readonly ms: number;
  readonly peakMiB: number;
  /** Of searches only. */
  readonly p95?: number;
  /** The median of processor time. */
  readonly cpuMs?: number;
  /** The share of the ten nearest that the index finds. */
  readonly recall?: number;
}

export interface Row extends Measure {
  readonly size: number;
  readonly task: string;
  /** What it is compared with, and how many times as long it takes. */
  readonly against: string | null;
  readonly ratio: number | null;
  readonly limit: number | null;
  /** What of it misses its target. */
  readonly missed: readonly ('time' | 'memory' | 'growth')[];
}

export interface Results {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly runs: number;
  readonly rows: readonly Row[];
}

export function rowOf(size: number, line: Line, measure: Measure, yardstick: Measure | undefined): Row {
  const { against = null, limit = null, most, beyond, isYardstick = false } = line;
  const ratio = yardstick === undefined ? null : measure.ms / yardstick.ms;
  const isSlow =
    (ratio !== null && limit !== null && ratio > limit) ||
    (most !== undefined && measure.ms > most) ||
    (beyond !== undefined && yardstick !== undefined && measure.ms > yardstick.ms + beyond);
  const missed = [
    ...(isSlow ? (['time'] as const) : []),
    ...(measure.peakMiB > PEAK_LIMIT_MIB && !isYardstick ? (['memory'] as const) : []),
  ];
  return { size, task: line.task, ...measure, against, ratio, limit, missed };
}

/** How many times as long a record takes in the largest store as in the smallest, by task; marks what grows too fast. */
export function withGrowth(rows: readonly Row[]): {
  readonly rows: readonly Row[];
  readonly growth: ReadonlyMap<string, number>;
} {
  const growth = new Map<string, number>();
  const marked = rows.map((row): Row => {
    const all = rows.filter(({ task, size }) => task === row.task && size >= GROWS_FROM);
    const smallest = all.find(({ size }) => all.every(other => other.size >= size));
    if (!GROWING.has(row.task) || smallest === undefined || all.some(({ size }) => size > row.size))
      return row;
    if (smallest.size === row.size) return row;
    const factor = row.ms / row.size / (smallest.ms / smallest.size);
    growth.set(row.task, factor);
    if (factor <= GROWTH_LIMIT || row.missed.includes('growth')) return row;
    return { ...row, missed: [...row.missed, 'growth'] };
  });
  return { rows: marked, growth };
}

export function median(measures: readonly Measure[]): Measure {
  const sorted = measures.toSorted((a, b) => a.ms - b.ms);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return { ...middle, peakMiB: Math.max(...measures.map(({ peakMiB }) => peakMiB)) };
}
