/** A day of the calendar. */
export interface LocalDay {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;

/** The day that it was in a time zone, daylight saving included. Throws RangeError for a zone that there is not. */
export function localDayOf(ms: number, timeZone: string): LocalDay {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'iso8601',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  }).formatToParts(ms);
  const part = (type: string): number => Number(parts.find(found => found.type === type)?.value);
  return { year: part('year'), month: part('month'), day: part('day') };
}

/** The week by ISO 8601: it begins on Monday and belongs to the year in which its Thursday lies. */
export function isoWeekOf({ year, month, day }: LocalDay): {
  readonly year: number;
  readonly number: number;
} {
  const date = Date.UTC(year, month - 1, day);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - weekday) * DAY_MS;
  const ofYear = new Date(thursday).getUTCFullYear();
  return { year: ofYear, number: 1 + Math.floor((thursday - Date.UTC(ofYear, 0, 1)) / (7 * DAY_MS)) };
}
