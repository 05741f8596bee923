import { join } from 'node:path';
import type { CronSchedule } from '../../cron.ts';
import { calendarOf } from './calendar.ts';
import { POLL_MINUTES, type TimerPlan, type TimerRequest } from './timer.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A user timer and its service: systemd.timer(5), systemd.time(7), systemd.service(5). */
export function systemdPlan(request: TimerRequest): TimerPlan {
  const folder = join(request.userHome, '.config/systemd/user');
  const timer = `${request.name}.timer`;
  const service = `${request.name}.service`;
  return {
    kind: 'systemd',
    files: [
      { path: join(folder, service), text: serviceText(request) },
      { path: join(folder, timer), text: timerText(request) },
    ],
    install: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', timer],
    ],
    uninstall: [['systemctl', '--user', 'disable', '--now', timer]],
    status: ['systemctl', '--user', 'is-enabled', timer],
  };
}

function serviceText({ command }: TimerRequest): string {
  return `[Unit]
Description=Back up the memory of AI assistants (memport)

[Service]
Type=oneshot
ExecStart=${command.map(quoted).join(' ')}
# A failed attempt is tried again by the program itself, after up to 21 minutes.
TimeoutStartSec=4h
Nice=10
`;
}

function timerText({ schedule }: TimerRequest): string {
  const times = onCalendar(schedule).map(time => `OnCalendar=${time}`);
  return `[Unit]
Description=When memport makes its backups

[Timer]
${times.join('\n')}
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/** The times as systemd writes them. In cron a day of the month and a weekday are alternatives, so they are two lines. */
export function onCalendar(schedule: CronSchedule): readonly string[] {
  const calendar = calendarOf(schedule);
  if (calendar === null) return [`*:0/${POLL_MINUTES}`];
  const { minutes, hours, days, months, weekdays } = calendar;
  const list = (values: readonly number[] | null): string =>
    values === null ? '*' : values.map(value => String(value).padStart(2, '0')).join(',');
  const zone = schedule.timezone === null ? '' : ` ${schedule.timezone}`;
  const line = (day: readonly number[] | null, week: readonly number[] | null): string => {
    const names = week === null ? '' : `${week.map(value => WEEKDAYS[value]).join(',')} `;
    return `${names}*-${list(months)}-${list(day)} ${list(hours)}:${list(minutes)}:00${zone}`;
  };
  return days !== null && weekdays !== null
    ? [line(days, null), line(null, weekdays)]
    : [line(days, weekdays)];
}

/** One argument of ExecStart: specifiers and variables are no part of it. */
function quoted(argument: string): string {
  const escaped = argument
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${escaped}"`;
}
