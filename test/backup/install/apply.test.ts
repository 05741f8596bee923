import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  describeTimer,
  fittingKind,
  installTimer,
  isCurrent,
  isInstalled,
  timerName,
  uninstallTimer,
} from '../../../src/backup/install/install.ts';
import type { TimerRequest } from '../../../src/backup/install/timer.ts';
import { runProgram } from '../../../src/backup/notify/run-program.ts';
import { MemportError } from '../../../src/errors.ts';
import { scratch } from '../../support/cli.ts';

const requestIn = (userHome: string, schedule = '0 2 * * *'): TimerRequest => ({
  name: 'memport-backup',
  command: ['/usr/bin/node', '/opt/memport.js', 'backup', 'run'],
  schedule: { schedule, timezone: null },
  userHome,
});

afterEach(() => void vi.unstubAllEnvs());

/** A folder of programs before all others on the path. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = scratch();
  mkdirSync(join(folder, 'bin'));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script.replaceAll('$D', folder)}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
  return folder;
}

/** Debian's crontab, as its manual has it: -l, -r and -, and its words for a table that is not there. */
const CRONTAB = `case "$1" in
-l) cat $D/table 2>/dev/null || { echo "no crontab for me" >&2; exit 1; } ;;
-r) rm $D/table ;;
-) cat > $D/table ;;
*) exit 2 ;;
esac`;

/** Keeps what it was asked, and which units are enabled. */
const SYSTEMCTL = `echo "$*" >> $D/asked
case "$*" in
*is-enabled*) test -e $D/enabled ;;
*"disable --now"*) rm $D/enabled ;;
*"enable --now"*) touch $D/enabled ;;
esac`;

describe('the crontab', () => {
  test('is written, seen, kept current and given back', async () => {
    const folder = programs({ crontab: CRONTAB });
    const table = join(folder, 'table');
    const request = requestIn(folder);
    expect(await isInstalled('crontab', request, runProgram)).toBe(false);
    expect(await uninstallTimer('crontab', request, runProgram)).toBe(false);
    expect(await describeTimer('crontab', request, runProgram)).toContain('0 2 * * * ');
    expect(existsSync(table)).toBe(false);

    await installTimer('crontab', request, runProgram);
    await installTimer('crontab', request, runProgram);
    expect(readFileSync(table, 'utf8').split('\n')).toHaveLength(3);
    expect(await isInstalled('crontab', request, runProgram)).toBe(true);
    expect(await isCurrent('crontab', request, runProgram)).toBe(true);
    expect(await isCurrent('crontab', requestIn(folder, 'hourly'), runProgram)).toBe(false);

    expect(await uninstallTimer('crontab', request, runProgram)).toBe(true);
    expect(existsSync(table)).toBe(false);
  });

  test('a table that cannot be read is not written over', async () => {
    programs({ crontab: 'echo "you are not allowed to use this program" >&2; exit 1' });
    const failure = await installTimer('crontab', requestIn('/home/me'), runProgram).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(MemportError);
    expect(String(failure)).toContain('you are not allowed');
  });
});

describe('systemd', () => {
  test('gets its units and is told of them; they go again', async () => {
    const folder = programs({ systemctl: SYSTEMCTL });
    const request = requestIn(folder);
    const timer = join(folder, '.config/systemd/user/memport-backup.timer');
    await installTimer('systemd', request, runProgram);
    expect(readFileSync(timer, 'utf8')).toContain('OnCalendar=*-*-* 02:00:00');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(
      '--user daemon-reload\n--user enable --now memport-backup.timer\n',
    );
    expect(await isInstalled('systemd', request, runProgram)).toBe(true);
    expect(await isCurrent('systemd', request, runProgram)).toBe(true);
    expect(await isCurrent('systemd', requestIn(folder, 'hourly'), runProgram)).toBe(false);
    expect(await uninstallTimer('systemd', request, runProgram)).toBe(true);
    expect(existsSync(timer)).toBe(false);
    expect(await isInstalled('systemd', request, runProgram)).toBe(false);
  });

  test('that refuses is an error that says how to go on', async () => {
    const folder = programs({ systemctl: 'echo "Failed to connect to bus" >&2; exit 1' });
    await expect(installTimer('systemd', requestIn(folder), runProgram)).rejects.toMatchObject({
      message: expect.stringContaining('Failed to connect to bus'),
      hint: expect.stringContaining('--print'),
    });
  });

  test('the print shows files and commands', async () => {
    const text = await describeTimer('systemd', requestIn('/home/me'), runProgram);
    expect(text).toMatch(/^# \/home\/me\/\.config\/systemd\/user\/memport-backup\.service\n\[Unit\]/);
    expect(text).toContain('$ systemctl --user enable --now memport-backup.timer');
  });
});

describe('which fits', () => {
  test.each([
    ['darwin', 'launchd'],
    ['win32', 'windows'],
  ] as const)('%s: %s', async (platform, kind) => expect(await fittingKind(platform, runProgram)).toBe(kind));

  test('Linux: systemd where it serves this user, else cron', async () => {
    programs({ systemctl: 'exit 0' });
    expect(await fittingKind('linux', runProgram)).toBe('systemd');
    programs({ systemctl: 'exit 1' });
    expect(await fittingKind('linux', runProgram)).toBe('crontab');
  });

  test('each home has a timer of its own', () => {
    expect(timerName('/home/me/.claude-rag', '/home/me/.claude-rag')).toBe('memport-backup');
    expect(timerName('/other', '/home/me/.claude-rag')).toMatch(/^memport-backup-[0-9a-f]{8}$/);
  });
});
