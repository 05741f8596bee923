import { join } from 'node:path';
import type { CronSchedule } from '../../cron.ts';
import { type Calendar, calendarOf } from './calendar.ts';
import { POLL_MINUTES, type TimerPlan, type TimerRequest } from './timer.ts';

const MOST_TIMES = 100;

/**
 * A launch agent of the user: launchd.plist(5). It goes by the machine's time zone; times that were slept through are made
 * up for once on waking. Written to the documentation, never run on macOS.
 */
export function launchdPlan(request: TimerRequest): TimerPlan {
  const label = `dev.memport.${request.name}`;
  const path = join(request.userHome, 'Library/LaunchAgents', `${label}.plist`);
  return {
    kind: 'launchd',
    files: [{ path, text: plist(label, request) }],
    install: [['launchctl', 'load', '-w', path]],
    uninstall: [['launchctl', 'unload', '-w', path]],
    status: ['launchctl', 'list', label],
  };
}

function plist(label: string, { command, schedule }: TimerRequest): string {
  const strings = command.map(argument => `      <string>${escaped(argument)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>${escaped(label)}</string>
    <key>ProgramArguments</key>
    <array>
${strings.join('\n')}
    </array>
${times(schedule)}
    <key>RunAtLoad</key>
    <true/>
    <key>ProcessType</key>
    <string>Background</string>
  </dict>
</plist>
`;
}

function times(schedule: CronSchedule): string {
  const calendar = schedule.timezone === null ? calendarOf(schedule) : null;
  const entries = calendar === null ? [] : intervals(calendar);
  if (entries.length === 0 || entries.length > MOST_TIMES)
    return `    <key>StartInterval</key>\n    <integer>${POLL_MINUTES * 60}</integer>`;
  const dicts = entries.map(entry => {
    const pairs = Object.entries(entry).map(([key, value]) => `<key>${key}</key><integer>${value}</integer>`);
    return `      <dict>${pairs.join('')}</dict>`;
  });
  return `    <key>StartCalendarInterval</key>\n    <array>\n${dicts.join('\n')}\n    </array>`;
}

type Interval = Readonly<Record<string, number>>;

/** Every combination: an interval holds one value a key, and a key that is left out takes any. */
function intervals({ minutes, hours, days, months, weekdays }: Calendar): readonly Interval[] {
  const base = combine(combine(combine([{}], 'Month', months), 'Hour', hours), 'Minute', minutes);
  if (days !== null && weekdays !== null)
    return [...combine(base, 'Day', days), ...combine(base, 'Weekday', weekdays)];
  return combine(combine(base, 'Day', days), 'Weekday', weekdays);
}

function combine(
  entries: readonly Interval[],
  key: string,
  values: readonly number[] | null,
): readonly Interval[] {
  if (values === null || entries.length > MOST_TIMES) return entries;
  return entries.flatMap(entry => values.map(value => ({ ...entry, [key]: value })));
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
