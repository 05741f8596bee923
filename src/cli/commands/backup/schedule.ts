import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { TimerKind, TimerRequest } from '../../../backup/install/timer.ts';
import { TIMER_KINDS } from '../../../backup/install/timer.ts';
import { runProgram } from '../../../backup/notify/run-program.ts';
import type { Act } from '../../act.ts';
import type { Session } from '../../session.ts';
import { table } from '../../ui/table.ts';
import { visible } from '../../ui/text.ts';

interface TimerOptions {
  readonly with?: TimerKind;
  readonly print?: boolean;
}

const withOption = (): Option =>
  new Option('--with <scheduler>', 'which scheduler of the system (default: the one that fits)').choices([
    ...TIMER_KINDS,
  ]);

export const scheduleCommand = (act: Act): Command =>
  new Command('schedule')
    .description("when automatic backups are made, and the system's own timer for them")
    .addCommand(
      new Command('status')
        .description('the schedule, the next run, the last runs, and what is installed')
        .addOption(withOption())
        .action(act((session, command) => status(session, command.opts<TimerOptions>()))),
      { isDefault: true },
    )
    .addCommand(
      new Command('install')
        .description('set up a timer of the system, and switch automatic backups on')
        .addOption(withOption())
        .option('--print', 'only show what would be set up')
        .action(act((session, command) => install(session, command.opts<TimerOptions>()))),
    )
    .addCommand(
      new Command('uninstall')
        .description('take the timer away; the settings stay')
        .addOption(withOption())
        .action(act((session, command) => uninstall(session, command.opts<TimerOptions>()))),
    );

async function timerOf(
  session: Session,
  options: TimerOptions,
): Promise<{ readonly kind: TimerKind; readonly request: TimerRequest }> {
  const { fittingKind, timerName } = await import('../../../backup/install/install.ts');
  const { backup_schedule: schedule, backup_timezone: timezone } = await session.config();
  const { home, io } = session;
  const userHome = io.env.HOME || homedir();
  const store = session.options.store === undefined ? [] : ['--store', home.store];
  const program = process.argv[1] ?? 'memport';
  return {
    kind: options.with ?? (await fittingKind(process.platform, runProgram)),
    request: {
      name: timerName(home.path, join(userHome, '.claude-rag')),
      command: [process.execPath, program, '--home', home.path, ...store, 'backup', 'run'],
      schedule: { schedule, timezone },
      userHome,
    },
  };
}

async function install(session: Session, options: TimerOptions): Promise<void> {
  const { describeTimer, installTimer } = await import('../../../backup/install/install.ts');
  const { setSetting } = await import('../../../config.ts');
  const { kind, request } = await timerOf(session, options);
  if (options.print) {
    const text = await describeTimer(kind, request, runProgram);
    if (session.json) await session.outJson({ scheduler: kind, name: request.name, text });
    else await session.out(text.trimEnd());
    return;
  }
  await session.makeHome();
  await installTimer(kind, request, runProgram);
  await setSetting(session.home.config, 'enable_auto_backup', 'true');
  session.committed(`the timer ${request.name} is set up`);
  if (session.json) await session.outJson({ scheduler: kind, name: request.name, installed: true });
  await session.note(
    `${kind} runs ${request.name} at ${request.schedule.schedule}; automatic backups are on`,
  );
}

async function uninstall(session: Session, options: TimerOptions): Promise<void> {
  const { uninstallTimer } = await import('../../../backup/install/install.ts');
  const { kind, request } = await timerOf(session, options);
  const was = await uninstallTimer(kind, request, runProgram);
  if (session.json) await session.outJson({ scheduler: kind, name: request.name, installed: false, was });
  await session.note(was ? `${request.name} is taken out of ${kind}` : `${kind} has no ${request.name}`);
}

async function status(session: Session, options: TimerOptions): Promise<void> {
  const { isCurrent, isInstalled } = await import('../../../backup/install/install.ts');
  const { scheduleStatus } = await import('../../../backup/schedule/status.ts');
  const { kind, request } = await timerOf(session, options);
  const config = await session.config();
  const found = await scheduleStatus(
    session.home.state,
    { ...request.schedule, enabled: config.enable_auto_backup },
    session.io.now(),
  );
  const installed = await isInstalled(kind, request, runProgram);
  const current = installed && (await isCurrent(kind, request, runProgram));
  if (session.json) {
    await session.outJson({ ...found, timer: { scheduler: kind, name: request.name, installed, current } });
    return;
  }
  const zone = found.timezone === null ? '' : ` in ${found.timezone}`;
  const lines: readonly (readonly [string, string])[] = [
    ['automatic', found.enabled ? 'on' : 'off: memport backup config set enable_auto_backup true'],
    ['schedule', `${found.schedule}${zone}`],
    ['next run', found.next_run ?? '-'],
    ['timer', timerText(kind, request.name, installed, current)],
    ...(found.retry === null
      ? []
      : [['trying', `again at ${found.retry.next_attempt_at} after: ${found.retry.error}`] as const]),
  ];
  for (const [name, value] of lines)
    await session.out(`${session.paintOut('dim', `${name}:`.padEnd(12))}${visible(value)}`);
  if (found.runs.length === 0) return;
  const columns = [{ title: 'SLOT' }, { title: 'RESULT' }, { title: 'BACKUP OR REASON', flexible: true }];
  const rows = found.runs
    .slice(0, 10)
    .map(run => [
      run.slots === 1 ? run.slot : `${run.slot} (${run.slots} slots)`,
      run.attempts === 1 ? run.result : `${run.result} (attempt ${run.attempts})`,
      visible(run.backup ?? run.error ?? ''),
    ]);
  await session.out(table(columns, rows, session.width).join('\n'));
}

function timerText(kind: TimerKind, name: string, installed: boolean, current: boolean): string {
  if (!installed) return `none in ${kind}: memport backup schedule install`;
  return current
    ? `${name} in ${kind}`
    : `${name} in ${kind}, of other settings: memport backup schedule install`;
}
