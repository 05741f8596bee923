import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BINARY, type Ended, runBinary } from '../support/binary.ts';
import { ok } from '../support/cli.ts';
import { points, reportFigures } from '../support/deep.ts';
import * as commands from './commands.ts';
import { siteFor } from './commands.ts';
import { emptyFolder, Site } from './site.ts';
import { type State, same, stateOf, temporariesOf } from './state.ts';

const TIMEOUT_MS = 600_000;
const SIZE = 24 * 1024 * 1024;
/** What is left on the disk: too little for anything, …, enough for some. */
const LEFT = [0, 4096, 16_384, 65_536, 262_144, 1_048_576];

const COMMANDS = [
  commands.IMPORT,
  commands.RESTORE,
  commands.UNDO,
  commands.ADD,
  commands.CREATE,
  commands.CONFIG_SET,
  commands.KEY_GENERATE,
  commands.EXPORT_ARCHIVE,
  commands.EXPORT_JSON,
  commands.EXPORT_MARKDOWN,
  commands.EXPORT_FOLDER,
];

/** A site on a disk of its own; null where none can be mounted. */
async function siteOnDisk(command: commands.Command): Promise<Site | null> {
  const folder = emptyFolder();
  const options = `size=${SIZE},mode=700`;
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  if (!isMounted) return null;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return siteFor(command, new Site(folder));
}

/** Leaves so many bytes of the disk. */
function fillDisk(site: Site, left: number): void {
  const { bavail, bsize } = statfsSync(site.folder);
  writeFileSync(join(site.folder, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

function freeDisk(site: Site): void {
  rmSync(join(site.folder, 'ballast'), { force: true });
}

async function expectHarmless(site: Site, ended: Ended, before: State, code: number): Promise<void> {
  expect(ended).toMatchObject({ code, stdout: Buffer.alloc(0) });
  expect(ended.stderr.split('\n').filter(line => line.startsWith('memport: '))).toHaveLength(1);
  expect(same(await stateOf(site), before), 'nothing is changed').toBe(true);
  expect(temporariesOf(site)).toEqual([]);
}

describe('on a disk of its own,', () => {
  for (const command of COMMANDS) {
    test(
      `${command.name} with no room left: exit 24, and nothing is changed`,
      async context => {
        const site = await siteOnDisk(command);
        if (site === null) return context.skip('no disk can be mounted here');
        const before = await stateOf(site);
        const counts = { points: 0, full: 0, done: 0 };
        for (const left of LEFT.slice(0, points(LEFT.length, 2))) {
          site.reset();
          fillDisk(site, left);
          const ended = runBinary(command.args(site), site.home, '', [], { TMPDIR: site.temporary });
          freeDisk(site);
          counts.points += 1;
          counts[ended.code === 0 ? 'done' : 'full'] += 1;
          if (ended.code === 0) continue;
          await expectHarmless(site, ended, before, 24);
          await ok(command.args(site), { home: site.home });
        }
        expect(counts.full).toBeGreaterThan(0);
        reportFigures(context, counts);
      },
      TIMEOUT_MS,
    );

    test(
      `${command.name} where nothing can be written: exit 1, and nothing is changed`,
      async context => {
        const site = await siteOnDisk(command);
        if (site === null) return context.skip('no disk can be mounted here');
        const before = await stateOf(site);
        expect(spawnSync('mount', ['-o', 'remount,ro', site.folder]).status).toBe(0);
        const ended = runBinary(command.args(site), site.home);
        expect(spawnSync('mount', ['-o', 'remount,rw', site.folder]).status).toBe(0);
        expect(ended.stderr).toMatch(/read-?only/i);
        await expectHarmless(site, ended, before, 1);
      },
      TIMEOUT_MS,
    );
  }
});

test.each([
  ['archive', []],
  ['json', []],
  ['markdown', ['--single-file']],
])(
  'what takes no byte, /dev/full, fails an export as %s by its name and as standard output',
  async (format, more) => {
    const site = await siteFor(commands.IMPORT);
    const before = await stateOf(site);
    const args = ['export', '--format', format, ...more];
    const named = runBinary([...args, '/dev/full'], site.home, '', [], { TMPDIR: site.temporary });
    await expectHarmless(site, named, before, 24);
    const full = openSync('/dev/full', 'w');
    const piped = spawnSync(process.execPath, [BINARY, ...args, '-'], {
      env: site.env,
      cwd: site.home,
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    const stderr = piped.stderr.toString();
    await expectHarmless(site, { code: piped.status, stdout: Buffer.alloc(0), stderr }, before, 24);
    expect(stderr).not.toContain('exported');
  },
);
