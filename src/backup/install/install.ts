import { createHash } from 'node:crypto';
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../../atomic-file.ts';
import { MemportError, toMemportError } from '../../errors.ts';
import type { RunProgram } from '../notify/run-program.ts';
import { withCrontabLines, withoutCrontabLines } from './crontab.ts';
import { launchdPlan } from './launchd.ts';
import { systemdPlan } from './systemd.ts';
import type { TimerKind, TimerPlan, TimerRequest } from './timer.ts';
import { windowsPlan } from './windows.ts';

const PLANS: Readonly<Record<Exclude<TimerKind, 'crontab'>, (request: TimerRequest) => TimerPlan>> = {
  systemd: systemdPlan,
  launchd: launchdPlan,
  windows: windowsPlan,
};

/** The name of a home's timer; that of the usual home is the plain one. */
export function timerName(home: string, usualHome: string): string {
  if (home === usualHome) return 'memport-backup';
  return `memport-backup-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
}

/** Which scheduler fits this system: on Linux systemd where it serves this user, else cron. */
export async function fittingKind(platform: NodeJS.Platform, run: RunProgram): Promise<TimerKind> {
  if (platform === 'darwin') return 'launchd';
  if (platform === 'win32') return 'windows';
  try {
    await run('systemctl', ['--user', 'show-environment']);
    return 'systemd';
  } catch {
    return 'crontab';
  }
}

/** What `installTimer` would write, for people. */
export async function describeTimer(
  kind: TimerKind,
  request: TimerRequest,
  run: RunProgram,
): Promise<string> {
  if (kind === 'crontab') return withCrontabLines(await readCrontab(run, 'empty'), request);
  const { files, install } = PLANS[kind](request);
  return [
    ...files.map(({ path, text }) => `# ${path}\n${text}`),
    ...install.map(command => `$ ${command.join(' ')}\n`),
  ].join('\n');
}

/** Puts the timer in place, instead of one of the same name. Throws MemportError when the system refuses it. */
export async function installTimer(kind: TimerKind, request: TimerRequest, run: RunProgram): Promise<void> {
  if (kind === 'crontab') {
    await writeCrontab(withCrontabLines(await readCrontab(run), request), run);
    return;
  }
  const plan = PLANS[kind](request);
  for (const { path, text } of plan.files) {
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, file => file.writeFile(text));
  }
  for (const command of plan.install) await runCommand(command, run);
}

/** Takes the timer away; resolves to whether there was one. */
export async function uninstallTimer(
  kind: TimerKind,
  request: TimerRequest,
  run: RunProgram,
): Promise<boolean> {
  if (!(await isInstalled(kind, request, run))) return false;
  if (kind === 'crontab') {
    await writeCrontab(withoutCrontabLines(await readCrontab(run), request.name), run);
    return true;
  }
  const plan = PLANS[kind](request);
  for (const command of plan.uninstall) await runCommand(command, run);
  for (const { path } of plan.files) {
    await unlink(path).catch((error: unknown) => {
      if (toMemportError(error).code !== 'not_found') throw error;
    });
  }
  return true;
}

/** Whether there is a timer of this name. */
export async function isInstalled(kind: TimerKind, request: TimerRequest, run: RunProgram): Promise<boolean> {
  if (kind === 'crontab') {
    const table = await readCrontab(run, 'empty');
    return withoutCrontabLines(table, request.name) !== table;
  }
  const { status } = PLANS[kind](request);
  const [program = '', ...args] = status;
  return run(program, args).then(
    () => true,
    () => false,
  );
}

/** Whether what is installed is what the settings ask for now. Only asked of an installed timer. */
export async function isCurrent(kind: TimerKind, request: TimerRequest, run: RunProgram): Promise<boolean> {
  if (kind === 'crontab') {
    const table = await readCrontab(run);
    return withCrontabLines(table, request) === table;
  }
  for (const { path, text } of PLANS[kind](request).files) {
    if ((await readFile(path, 'utf8').catch(() => null)) !== text) return false;
  }
  return true;
}

/** A user without a table has an empty one; so has, where that is said, a system without cron. */
async function readCrontab(run: RunProgram, withoutCron: 'empty' | 'refuse' = 'refuse'): Promise<string> {
  try {
    return await run('crontab', ['-l']);
  } catch (error) {
    const { code, message } = toMemportError(error);
    if (/no crontab for/i.test(message)) return '';
    if (code === 'not_found' && withoutCron === 'empty') return '';
    throw refused(['crontab', '-l'], error);
  }
}

async function writeCrontab(table: string, run: RunProgram): Promise<void> {
  try {
    await (table === '' ? run('crontab', ['-r']) : run('crontab', ['-'], { input: table }));
  } catch (error) {
    throw refused(['crontab', '-'], error);
  }
}

async function runCommand(command: readonly string[], run: RunProgram): Promise<void> {
  const [program = '', ...args] = command;
  try {
    await run(program, args);
  } catch (error) {
    throw refused(command, error);
  }
}

function refused(command: readonly string[], cause: unknown): MemportError {
  return new MemportError(
    'failed',
    `the timer could not be set up: ${command.join(' ')}: ${toMemportError(cause).message}`,
    {
      hint: 'memport backup schedule install --print shows it, to be set up by hand; memport daemon needs none',
      cause,
    },
  );
}
