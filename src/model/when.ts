import { type Instant, instantFromMilliseconds, parseInstant } from './instant.ts';

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/**
 * Reads a bound of a time range: ISO 8601 (without an offset it is UTC), `12h`, `7d` or `2w` back from now, `now`,
 * `today`, `yesterday` (days of UTC). A bare day means its first microsecond as a start and its last as an end.
 * Returns null for anything else.
 */
export function parseWhen(text: string, nowMs: number, edge: 'start' | 'end'): Instant | null {
  const word = text.trim().toLowerCase();
  if (word === 'now') return instantFromMilliseconds(nowMs);
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (word === 'today') return dayEdge(instantFromMilliseconds(today), edge);
  if (word === 'yesterday') return dayEdge(instantFromMilliseconds(today - DAY_MS), edge);
  const back = /^(\d{1,5})([hdw])$/.exec(word);
  if (back) return instantFromMilliseconds(nowMs - Number(back[1]) * (UNITS[back[2] ?? ''] ?? 0));
  const instant = parseInstant(text.trim());
  if (instant === null) return null;
  return /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? dayEdge(instant, edge) : instant;
}

function dayEdge(midnight: Instant, edge: 'start' | 'end'): Instant {
  return edge === 'start' ? midnight : midnight + BigInt(DAY_MS) * 1000n - 1n;
}
