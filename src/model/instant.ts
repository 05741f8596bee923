/** Microseconds since 1970-01-01T00:00:00Z, from the year 1 to the year 9999. */
export type Instant = bigint;

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s?(Z|z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?$/;
const SEVEN_DIGITS = /[.,]\d{7}/;
const MIN_MS = -62_135_596_800_000;
const MAX_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads ISO 8601 / RFC 3339 text: any offset; without one it is UTC; a bare date is its midnight.
 * Returns null for anything else. Digits beyond the microsecond are cut off: `isTooFine` tells.
 */
export function parseInstant(text: string): Instant | null {
  const found = PATTERN.exec(text);
  if (!found) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = found;
  const ms = utcMilliseconds(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const shift = offsetSeconds(offset);
  if (ms === null || shift === null) return null;
  const utc = ms - shift * 1000;
  if (utc < MIN_MS || utc > MAX_MS) return null;
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  // Up to the year 2255 without arithmetic of bigints, which takes longer than all the rest.
  const instant = utc * 1000 + micros;
  return Number.isSafeInteger(instant) ? BigInt(instant) : BigInt(utc) * 1000n + BigInt(micros);
}

/** Whether a text that parseInstant reads has digits that microseconds can't hold. */
export function isTooFine(text: string): boolean {
  if (!SEVEN_DIGITS.test(text)) return false;
  const fraction = PATTERN.exec(text)?.[7] ?? '';
  return /[1-9]/.test(fraction.slice(6));
}

const MIN_INSTANT: Instant = BigInt(MIN_MS) * 1000n;
const MAX_INSTANT: Instant = BigInt(MAX_MS) * 1000n + 999n;

/** The moment of a change: now, or just after the change before where the clock is behind that. Never past the year 9999. */
export function advance(previous: Instant, now: Instant): Instant {
  if (now > previous) return now;
  return previous < MAX_INSTANT ? previous + 1n : previous;
}

/**
 * RFC 3339 in UTC with `Z` and 0, 3 or 6 fraction digits, as few as lose nothing. Throws RangeError outside of the years 1
 * to 9999, which parseInstant could not read back.
 */
export function formatInstant(instant: Instant): string {
  if (instant !== last.instant) last = { instant, text: format(instant) };
  return last.text;
}

/** Three dates of most records are the same. */
let last: { readonly instant: Instant; readonly text: string } = {
  instant: 0n,
  text: '1970-01-01T00:00:00Z',
};

function format(instant: Instant): string {
  if (instant < MIN_INSTANT || instant > MAX_INSTANT)
    throw new RangeError(`${instant} µs is no date from the years 1 to 9999`);
  const number = Number(instant);
  // As in parseInstant: bigints where numbers would lose digits only.
  const micros = Number.isSafeInteger(number)
    ? ((number % 1000) + 1000) % 1000
    : Number(((instant % 1000n) + 1000n) % 1000n);
  const ms = Number.isSafeInteger(number)
    ? (number - micros) / 1000
    : Number((instant - BigInt(micros)) / 1000n);
  const text = new Date(ms).toISOString();
  if (micros !== 0) return `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

export function instantFromMilliseconds(ms: number): Instant {
  return BigInt(Math.trunc(ms)) * 1000n;
}

function utcMilliseconds(y: number, mo: number, d: number, h: number, mi: number, s: number): number | null {
  if (h > 23 || mi > 59 || s > 59) return null;
  // Days that every month has need no looking up; Date.UTC takes the years up to 99 for others.
  if (y > 99 && mo >= 1 && mo <= 12 && d >= 1 && d <= 28) return Date.UTC(y, mo - 1, d, h, mi, s);
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  date.setUTCHours(h, mi, s);
  return date.getUTCFullYear() === y && date.getUTCMonth() === mo - 1 && date.getUTCDate() === d
    ? date.getTime()
    : null;
}

function offsetSeconds(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const digits = offset.slice(1).replaceAll(':', '');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2, 4));
  const seconds = Number(digits.slice(4, 6));
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return (hours * 3600 + minutes * 60 + seconds) * (offset.startsWith('-') ? -1 : 1);
}
