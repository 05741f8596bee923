import { join } from 'node:path';
import type { CronSchedule } from '../../cron.ts';
import { calendarOf } from './calendar.ts';
import { escaped } from './launchd.ts';
import { POLL_MINUTES, type TimerPlan, type TimerRequest } from './timer.ts';

const START = '2026-01-01';

/**
 * A task of the user, for schtasks.exe /XML: the Task Scheduler schema of Windows. Missed times are made up for when the
 * machine is on again. Written to the documentation, never run on Windows.
 */
export function windowsPlan(request: TimerRequest): TimerPlan {
  const path = join(request.userHome, 'AppData/Local/memport', `${request.name}.xml`);
  return {
    kind: 'windows',
    files: [{ path, text: task(request) }],
    install: [['schtasks.exe', '/Create', '/TN', request.name, '/XML', path, '/F']],
    uninstall: [['schtasks.exe', '/Delete', '/TN', request.name, '/F']],
    status: ['schtasks.exe', '/Query', '/TN', request.name],
  };
}

function task({ command, schedule }: TimerRequest): string {
  const [program = '', ...rest] = command;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Backs up the memory of AI assistants (memport)</Description>
  </RegistrationInfo>
  <Triggers>
${trigger(schedule)}
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT4H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>${escaped(program)}</Command>
      <Arguments>${escaped(rest.map(quoted).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** Daily at one time as it is; anything else by looking often. */
function trigger(schedule: CronSchedule): string {
  const calendar = schedule.timezone === null ? calendarOf(schedule) : null;
  const [hour, minute] = [calendar?.hours, calendar?.minutes];
  const isDaily = calendar !== null && !calendar.days && !calendar.months && !calendar.weekdays;
  if (isDaily && hour?.length === 1 && minute?.length === 1) {
    const time = [hour[0], minute[0], 0].map(value => String(value).padStart(2, '0')).join(':');
    return `    <CalendarTrigger>
      <StartBoundary>${START}T${time}</StartBoundary>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>`;
  }
  return `    <TimeTrigger>
      <Repetition>
        <Interval>PT${POLL_MINUTES}M</Interval>
      </Repetition>
      <StartBoundary>${START}T00:00:00</StartBoundary>
    </TimeTrigger>`;
}

/** As a program of Windows takes its command line apart: quotes, and backslashes before a quote, are escaped. */
function quoted(argument: string): string {
  return `"${argument.replaceAll(/(\\*)("|$)/g, (_, slashes: string, quote: string) => slashes + slashes + (quote && '\\"'))}"`;
}
