import { cronFields } from '../../cron.ts';
import { calendarOf } from './calendar.ts';
import { POLL_MINUTES, type TimerRequest } from './timer.ts';

/**
 * The user's table with our lines in it, in place of those that it had: crontab(5). A second line runs at the start of the
 * machine, for what was missed while it was off. Other lines stay as they are, byte for byte.
 */
export function withCrontabLines(table: string, request: TimerRequest): string {
  const others = withoutCrontabLines(table, request.name);
  const command = `${request.command.map(quoted).join(' ')} ${markOf(request.name)}`;
  const ours = [timesOf(request), '@reboot'].map(times => `${times} ${command}\n`);
  return (others === '' || others.endsWith('\n') ? others : `${others}\n`) + ours.join('');
}

export function withoutCrontabLines(table: string, name: string): string {
  return table
    .split(/(?<=\n)/)
    .filter(line => !line.trimEnd().endsWith(` ${markOf(name)}`))
    .join('');
}

/** Cron has no comments after a command, but its shell does. */
function markOf(name: string): string {
  return `# ${name}`;
}

function timesOf({ schedule }: TimerRequest): string {
  const isKnown = schedule.timezone === null && calendarOf(schedule) !== null;
  return isKnown ? cronFields(schedule.schedule) : `*/${POLL_MINUTES} * * * *`;
}

/** For its shell, and for cron itself, to which a bare % ends the line. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`.replaceAll('%', '\\%');
}
