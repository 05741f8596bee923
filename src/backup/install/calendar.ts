import { CronPattern } from 'croner';
import { type CronSchedule, cronFields } from '../../cron.ts';

/** The values of each field of a cron expression, ascending; null for a field that takes any. Weekdays: 0 is Sunday. */
export interface Calendar {
  readonly minutes: readonly number[] | null;
  readonly hours: readonly number[] | null;
  readonly days: readonly number[] | null;
  readonly months: readonly number[] | null;
  readonly weekdays: readonly number[] | null;
}

const ANY_WEEK = 63;

/** What other schedulers can be told of a schedule; null for what only cron libraries know (last day, nearest weekday, …). */
export function calendarOf({ schedule }: CronSchedule): Calendar | null {
  const pattern = new CronPattern(cronFields(schedule), 'UTC', { mode: '5-part' });
  const special =
    pattern.lastDayOfMonth ||
    pattern.lastWeekday ||
    pattern.nearestWeekdays.includes(1) ||
    pattern.useAndLogic ||
    pattern.dayOfWeek.some(weeks => weeks !== 0 && weeks !== ANY_WEEK);
  if (special) return null;
  return {
    minutes: valuesOf(pattern.minute, 0, 60),
    hours: valuesOf(pattern.hour, 0, 24),
    days: pattern.starDOM ? null : valuesOf(pattern.day, 1, 31),
    months: valuesOf(pattern.month, 1, 12),
    weekdays: pattern.starDOW ? null : valuesOf(pattern.dayOfWeek, 0, 7),
  };
}

/** The pattern marks each value of a field, counted from 0; day 1 and January stand at 0 too. */
function valuesOf(marks: readonly number[], first: number, count: number): readonly number[] | null {
  const values = marks.slice(0, count).flatMap((mark, i) => (mark === 0 ? [] : [i + first]));
  return values.length === count ? null : values;
}
