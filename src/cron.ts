import { Cron } from 'croner';

/** The words that stand for a cron expression. Night-time, when nobody waits for the disk. */
const WORDS: Readonly<Record<string, string>> = {
  hourly: '0 * * * *',
  daily: '0 2 * * *',
  weekly: '0 2 * * 0',
  monthly: '0 2 1 * *',
};

export const SCHEDULE_WORDS = Object.keys(WORDS);

/** When something is due: five fields of cron, or one of the words, in a time zone; null is the machine's own. */
export interface CronSchedule {
  readonly schedule: string;
  readonly timezone: string | null;
}

/** The one spelling under which a schedule is kept. Throws RangeError, saying why, for what is none or never comes. */
export function canonicalSchedule(text: string): string {
  const canonical = text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
  try {
    if (cronFields(canonical).split(' ').length !== 5) throw new RangeError('it has not five fields');
    if (openCron({ schedule: canonical, timezone: 'UTC' }).nextRun() === null)
      throw new RangeError('it never comes');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new RangeError(
      `no cron expression of five fields (${why}); for example "0 2 * * *", or ${SCHEDULE_WORDS.join(', ')}`,
    );
  }
  return canonical;
}

/** The five fields of a canonical schedule. */
export function cronFields(schedule: string): string {
  return WORDS[schedule] ?? schedule;
}

/** As it is, when this system knows a time zone of that name; else RangeError. */
export function checkTimezone(name: string): string {
  new Intl.DateTimeFormat('en', { timeZone: name });
  return name;
}

/** The latest slot that is not after `atMs`; null when there was none. Milliseconds since 1970, whole minutes. */
export function lastSlot(schedule: CronSchedule, atMs: number): number | null {
  // The library counts slots strictly before its reference, and in whole seconds.
  const reference = new Date(Math.floor(atMs / 1000) * 1000 + 1000);
  return openCron(schedule).previousRuns(1, reference)[0]?.getTime() ?? null;
}

/** The first slot after `atMs`; null when there is none any more. */
export function nextSlot(schedule: CronSchedule, atMs: number): number | null {
  return openCron(schedule).nextRun(new Date(atMs))?.getTime() ?? null;
}

/** How many slots there are after `fromMs` and not after `toMs`; at most `limit` are counted. */
export function countSlots(schedule: CronSchedule, fromMs: number, toMs: number, limit = 10_000): number {
  const cron = openCron(schedule);
  let count = 0;
  for (let at = cron.nextRun(new Date(fromMs)); at !== null && at.getTime() <= toMs; at = cron.nextRun(at)) {
    count += 1;
    if (count === limit) break;
  }
  return count;
}

/** What people may not expect of a schedule, in sentences; none of most. */
export function scheduleCautions(schedule: string): readonly string[] {
  const day = Number(cronFields(schedule).split(' ')[2]);
  return day > 28
    ? [`months without a day ${day} have no such backup; "0 2 l * *" is the last day of every month`]
    : [];
}

/**
 * A slot in the hour that daylight saving leaves out comes at the next valid minute, one in the hour that comes twice
 * comes once: where hours and minutes are named. `*` and steps go by the clock as it runs.
 */
function openCron({ schedule, timezone }: CronSchedule): Cron {
  return new Cron(cronFields(schedule), {
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    paused: true,
    ...(timezone !== null && { timezone }),
  });
}
