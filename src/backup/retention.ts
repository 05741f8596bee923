import { isoWeekOf, type LocalDay, localDayOf } from './local-day.ts';
import type { Trigger } from './name.ts';

/** What a decision on one backup needs to know of it. */
export interface RetentionEntry {
  readonly id: string;
  readonly createdMs: number;
  readonly trigger: Trigger;
  /** Only verified ones count. `other`: made on another machine. */
  readonly state: 'verified' | 'unverified' | 'damaged' | 'other';
  /** The store had lost more than half of its records, or all, when it was made. */
  readonly shrunken: boolean;
}

export interface RetentionRules {
  /** The newest so many stay; at least 1. */
  readonly last: number;
  /** The newest of each of so many days, weeks (ISO 8601) and months that have any. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  /** Of safety backups, which count apart. */
  readonly safety: number;
}

export interface Verdict<E extends RetentionEntry> {
  readonly entry: E;
  readonly keep: boolean;
  /** For people: each rule that keeps it, or why none does. */
  readonly reasons: readonly string[];
}

export interface RetentionClock {
  readonly nowMs: number;
  /** Of days, weeks and months: an IANA name. */
  readonly timeZone: string;
}

/**
 * Which backups stay, newest first. A union of rules: what one of them keeps, stays. Only verified backups of this machine
 * from the past count, and only those can go: the newest of them always stays. A backup that can't be trusted is not
 * counted and never removed, for it may hold what no other does.
 */
export function decideRetention<E extends RetentionEntry>(
  entries: readonly E[],
  rules: RetentionRules,
  clock: RetentionClock,
): readonly Verdict<E>[] {
  if (rules.last < 1) throw new RangeError('at least one backup is kept');
  const sorted = [...entries].sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
  const counted = sorted.filter(entry => notCounted(entry, clock) === null);
  const reasons = new Map<E, string[]>(counted.map(entry => [entry, []]));
  const safety = counted.filter(({ trigger }) => trigger === 'safety');
  const usual = counted.filter(({ trigger }) => trigger !== 'safety');
  for (const entry of safety.slice(0, rules.safety))
    reasons.get(entry)?.push(`one of the last ${rules.safety} safety backups`);
  for (const entry of usual.slice(0, rules.last)) reasons.get(entry)?.push(`one of the last ${rules.last}`);
  for (const { count, name, key } of periods(rules)) {
    for (const [period, entry] of newestOfEach(usual, clock, key).slice(0, count))
      reasons.get(entry)?.push(`the newest of the ${name} ${period}`);
  }
  keepBeforeShrinking(usual, reasons);
  return sorted.map(entry => {
    const why = notCounted(entry, clock);
    const kept = why === null ? (reasons.get(entry) ?? []) : [why];
    return kept.length > 0
      ? { entry, keep: true, reasons: kept }
      : { entry, keep: false, reasons: ['no rule keeps it'] };
  });
}

/** Why a backup is neither counted nor removed, or null. */
function notCounted({ state, createdMs }: RetentionEntry, { nowMs }: RetentionClock): string | null {
  if (state === 'damaged') return 'damaged: not counted';
  if (state === 'unverified') return 'not verified: not counted';
  if (state === 'other') return "another machine's: not counted";
  return createdMs > nowMs ? 'from the future: not counted' : null;
}

/** A broken source must not push out the last good copy: it stays as long as what came after it does. */
function keepBeforeShrinking<E extends RetentionEntry>(usual: readonly E[], reasons: Map<E, string[]>): void {
  usual.forEach((entry, index) => {
    const before = usual[index + 1];
    if (!entry.shrunken || before === undefined || reasons.get(entry)?.length === 0) return;
    reasons.get(before)?.push('the last one before the store shrank');
  });
}

type PeriodKey = (day: LocalDay) => string;

function periods({ daily, weekly, monthly }: RetentionRules) {
  const two = (value: number): string => String(value).padStart(2, '0');
  const month: PeriodKey = day => `${day.year}-${two(day.month)}`;
  const week: PeriodKey = day => {
    const { year, number } = isoWeekOf(day);
    return `${year}-W${two(number)}`;
  };
  return [
    { count: daily, name: 'day', key: (day: LocalDay) => `${month(day)}-${two(day.day)}` },
    { count: weekly, name: 'week', key: week },
    { count: monthly, name: 'month', key: month },
  ];
}

function newestOfEach<E extends RetentionEntry>(
  usual: readonly E[],
  { timeZone }: RetentionClock,
  key: PeriodKey,
): readonly (readonly [string, E])[] {
  const found = new Map<string, E>();
  for (const entry of usual) {
    const period = key(localDayOf(entry.createdMs, timeZone));
    if (!found.has(period)) found.set(period, entry);
  }
  return [...found];
}
