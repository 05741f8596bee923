import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withCrontabLines, withoutCrontabLines } from '../../../src/backup/install/crontab.ts';
import { launchdPlan } from '../../../src/backup/install/launchd.ts';
import { onCalendar, systemdPlan } from '../../../src/backup/install/systemd.ts';
import type { TimerRequest } from '../../../src/backup/install/timer.ts';
import { windowsPlan } from '../../../src/backup/install/windows.ts';
import { nextSlot } from '../../../src/cron.ts';
import { scratch } from '../../support/cli.ts';

const request = (schedule: string, parts: Partial<TimerRequest> = {}): TimerRequest => ({
  name: 'memport-backup',
  command: ['/usr/bin/node', '/opt/a "b" 100% $HOME/memport.js', '--home', "/home/o'neil", 'backup', 'run'],
  schedule: { schedule, timezone: null },
  userHome: '/home/me',
  ...parts,
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('systemd', () => {
  test.each([
    ['0 2 * * *', ['*-*-* 02:00:00']],
    ['daily', ['*-*-* 02:00:00']],
    ['weekly', ['Sun *-*-* 02:00:00']],
    ['*/15 9-17 * * mon-fri', ['Mon,Tue,Wed,Thu,Fri *-*-* 09,10,11,12,13,14,15,16,17:00,15,30,45:00']],
    ['5 4 1,15 jan-mar *', ['*-01,02,03-01,15 04:05:00']],
    ['0 2 1 * mon', ['*-*-01 02:00:00', 'Mon *-*-* 02:00:00']],
    ['0 2 l * *', ['*:0/15']],
    ['0 2 * * fri#2', ['*:0/15']],
    ['* * * * *', ['*-*-* *:*:00']],
  ])('%s is %j', (schedule, times) => {
    expect(onCalendar({ schedule, timezone: null })).toEqual(times);
  });

  test('a time zone is named', () => {
    expect(onCalendar({ schedule: '0 2 * * *', timezone: 'Europe/Berlin' })).toEqual([
      '*-*-* 02:00:00 Europe/Berlin',
    ]);
  });

  test.skipIf(!hasSystemd)('systemd means the same times as we do', () => {
    for (const schedule of ['0 2 * * *', 'weekly', '*/15 9-17 * * mon-fri', '5 4 1,15 jan-mar *']) {
      const zoned = { schedule, timezone: 'UTC' };
      const [times = ''] = onCalendar(zoned);
      const from = Date.parse('2026-05-06T07:08:09Z');
      const args = ['calendar', '--base-time=2026-05-06 07:08:09 UTC', times];
      const output = execFileSync('systemd-analyze', args, {
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC' },
      });
      const next = /Next elapse: \w+ (\S+) (\S+) UTC/.exec(output);
      expect([schedule, Date.parse(`${next?.[1]}T${next?.[2]}Z`)]).toEqual([schedule, nextSlot(zoned, from)]);
    }
  });

  test.skipIf(!hasSystemd)('its own check accepts the units', () => {
    const folder = scratch();
    const command = [process.execPath, '/opt/a "b" 100% $HOME/memport.js', 'backup', 'run'];
    const { files } = systemdPlan(request('0 2 1 * mon', { command }));
    const paths = files.map(file => {
      const path = join(folder, basename(file.path));
      writeFileSync(path, file.text);
      return path;
    });
    const checked = spawnSync('systemd-analyze', ['verify', '--user', ...paths], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    const ours = checked.stderr.split('\n').filter(line => line.includes('memport-backup'));
    expect([checked.status, ours]).toEqual([0, []]);
  });

  test('the plan names files, commands, and missed times are made up for', () => {
    const plan = systemdPlan(request('0 2 * * *'));
    expect(plan.files.map(file => file.path)).toEqual([
      '/home/me/.config/systemd/user/memport-backup.service',
      '/home/me/.config/systemd/user/memport-backup.timer',
    ]);
    expect(plan.files[0]?.text).toContain(
      'ExecStart="/usr/bin/node" "/opt/a \\"b\\" 100%% $$HOME/memport.js" "--home" "/home/o\'neil" "backup" "run"\n',
    );
    expect(plan.files[1]?.text).toContain('Persistent=true');
    expect(plan.install.at(-1)).toEqual(['systemctl', '--user', 'enable', '--now', 'memport-backup.timer']);
  });
});

describe('launchd', () => {
  const textOf = (schedule: string, parts: Partial<TimerRequest> = {}): string =>
    launchdPlan(request(schedule, parts)).files[0]?.text ?? '';

  test('each time is an entry', () => {
    expect(textOf('0 2 * * *')).toContain(
      '<dict><key>Hour</key><integer>2</integer><key>Minute</key><integer>0</integer></dict>',
    );
    expect(textOf('0 2,14 1 * mon').match(/<dict><key>/g)).toHaveLength(4);
    expect(textOf('0 2 * * *')).toContain('<string>/opt/a &quot;b&quot; 100% $HOME/memport.js</string>');
  });

  test.each([['*/2 * * * mon-fri'], ['0 2 l * *']])('%s is looked at every quarter of an hour', schedule =>
    expect(textOf(schedule)).toMatch(/<key>StartInterval<\/key>\s*<integer>900<\/integer>/),
  );

  test('so is a time zone that may not be the machine’s', () => {
    expect(textOf('0 2 * * *', { schedule: { schedule: '0 2 * * *', timezone: 'Asia/Tokyo' } })).toContain(
      'StartInterval',
    );
  });
});

describe('the task of Windows', () => {
  const textOf = (schedule: string): string => windowsPlan(request(schedule)).files[0]?.text ?? '';

  test('daily at its time, anything else by looking', () => {
    expect(textOf('30 2 * * *')).toContain('<StartBoundary>2026-01-01T02:30:00</StartBoundary>');
    expect(textOf('30 2 * * 1')).toContain('<Interval>PT15M</Interval>');
    expect(textOf('30 2 * * *')).toContain('<StartWhenAvailable>true</StartWhenAvailable>');
  });

  test('quotes arguments', () => {
    const { files } = windowsPlan(request('0 2 * * *', { command: ['node.exe', 'C:\\my folder\\', 'a"b'] }));
    expect(files[0]?.text).toContain(
      '<Arguments>&quot;C:\\my folder\\\\&quot; &quot;a\\&quot;b&quot;</Arguments>',
    );
  });
});

describe('a crontab', () => {
  const ours = request('0 2 * * *');
  const OTHERS = '# mine\nMAILTO=me\n0 5 * * * echo "100\\%" # backup';

  test('gets our lines, once, and gives them back', () => {
    const one = withCrontabLines(OTHERS, ours);
    expect(one.startsWith(`${OTHERS}\n0 2 * * * '/usr/bin/node' '/opt/a "b" 100\\% $HOME/memport.js'`)).toBe(
      true,
    );
    expect(one).toContain(`'/home/o'\\''neil' 'backup' 'run' # memport-backup\n@reboot `);
    expect(withCrontabLines(one, ours)).toBe(one);
    expect(withoutCrontabLines(one, 'memport-backup')).toBe(`${OTHERS}\n`);
    expect(withCrontabLines('', ours).split('\n')).toHaveLength(3);
  });

  test('what cron can not say is looked at every quarter of an hour', () => {
    expect(withCrontabLines('', request('0 2 l * *'))).toMatch(/^\*\/15 \* \* \* \* /);
    expect(withCrontabLines('', request('hourly'))).toMatch(/^0 \* \* \* \* /);
  });

  test('its shell gets each argument whole', () => {
    const command = ['printf', '%s|', 'a b', "o'neil", '$HOME', '`id`', '100%'];
    const line = withCrontabLines('', request('0 2 * * *', { command })).split('\n')[0] ?? '';
    // Cron takes the backslash from before a percent sign.
    const script = line.replace(/^(\S+ ){5}/, '').replaceAll('\\%', '%');
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe("a b|o'neil|$HOME|`id`|100%|");
  });
});
