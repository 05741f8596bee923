import { describe, expect, test } from 'vitest';
import { points, reportFigures } from '../support/deep.ts';
import * as commands from './commands.ts';
import { spread } from './prove-killed.ts';
import { expectWhole, same, stateOf, temporariesOf } from './state.ts';
import { acknowledged, type Call, canTrace, changes, failAt, type Traced, trace } from './strace.ts';

const TIMEOUT_MS = 600_000;

/** The ordinary run tries the first of them only. */
const COMMANDS = [
  commands.IMPORT,
  commands.RESTORE,
  commands.ADD,
  commands.CREATE,
  commands.CLEANUP,
  commands.CONFIG_SET,
  commands.EXPORT_ARCHIVE,
  commands.EXPORT_ENCRYPTED,
  commands.EXPORT_FOLDER,
  commands.UNDO,
  commands.CREATE_FIRST,
  commands.KEY_GENERATE,
  commands.EXPORT_JSON,
  commands.EXPORT_MARKDOWN,
];
const ORDINARY = 9;
const CALLS_OF_A_KIND = 6;

/** Which calls fail how, and how the program must end: see EXIT_CODES. */
const FAULTS = [
  { error: 'EIO', code: 1, calls: /^f(data)?sync$/ },
  { error: 'ENOSPC', code: 24, calls: /^(p?writev?|pwrite64)$/ },
  { error: 'EIO', code: 1, calls: /^(p?writev?|pwrite64|ftruncate)$/ },
  { error: 'EROFS', code: 1, calls: /^(rename|link|mkdir)$/ },
  { error: 'EIO', code: 1, calls: /^(unlink|rmdir)$/ },
] as const;

/** One line says what failed, and nothing says that it was done. */
function expectFailure(failed: Traced, whole: Traced, code: number): void {
  expect(failed).toMatchObject({ code, stdout: '' });
  const lines = failed.stderr.split('\n').filter(line => line !== '' && !line.startsWith('  '));
  expect(lines.filter(line => line.startsWith('memport: '))).toHaveLength(1);
  expect(lines.filter(line => whole.stderr.includes(line))).toEqual([]);
}

/** Of what is worth nothing any more: failing at that is no failure of the command. */
function isRemoval({ name }: Call): boolean {
  return name === 'unlink' || name === 'rmdir';
}

/** Without links, which not every file system has, a name is taken in another way. */
function isOptional(call: Call): boolean {
  return isRemoval(call) || call.name === 'link';
}

describe.skipIf(!canTrace)('a system call fails, which takes strace', () => {
  for (const command of COMMANDS.slice(0, points(COMMANDS.length, ORDINARY)))
    test(
      `${command.name} says so, and leaves what was there`,
      async context => {
        const site = await commands.siteFor(command);
        const args = command.args(site);
        const before = await stateOf(site);
        site.reset();
        const whole = trace(site, args);
        expect(whole).toMatchObject({ code: 0 });
        const after = await stateOf(site);
        const calls = changes(whole.calls).filter(({ result }) => result >= 0);
        const said = acknowledged(whole.calls);
        const published = calls.findLastIndex(({ name }) => name === 'rename' || name === 'link');
        const counts = { points: 0, failed: 0, harmless: 0 };
        const tryFault = async (call: Call, error: string, code: number, on: '' | '+'): Promise<void> => {
          site.reset();
          const ended = failAt(site, args, call, error, on);
          counts.points += 1;
          const found = await stateOf(site);
          if (ended.code === 0) {
            counts.harmless += 1;
            expect(call.began > said || isOptional(call), 'it fails').toBe(true);
            expect(same(found, after), 'what is said to be done is done').toBe(true);
          } else {
            counts.failed += 1;
            // SQLite does not tell why the index of its log can't grow; most often the disk is full.
            const isIndex = call.path.endsWith('-shm') && call.name === 'pwrite64';
            expectFailure(ended, whole, isIndex ? 24 : code);
            // Once the new file has its name, it can only be said that it may not survive a power failure.
            const isPublished = calls.indexOf(call) > published && published >= 0;
            const isAsBefore = same(found, before) || (isPublished && same(found, after));
            if (!command.isStepwise) expect(isAsBefore, 'nothing is changed').toBe(true);
            if (!isRemoval(call)) expect(temporariesOf(site)).toEqual([]);
          }
          await expectWhole(site, command, before, after);
        };
        const faults = FAULTS.flatMap(({ error, code, calls: meant }) =>
          spread(
            calls.filter(({ name }) => meant.test(name)),
            CALLS_OF_A_KIND,
          ).flatMap(call => (['', '+'] as const).map(on => ({ call, error, code, on }))),
        );
        for (const { call, error, code, on } of spread(faults, points(faults.length, 3)))
          await tryFault(call, error, code, on).catch(cause => {
            throw new Error(`${error}${on} at ${call.name} ${call.nth} of ${call.path}`, { cause });
          });
        expect(counts.failed).toBeGreaterThan(0);
        reportFigures(context, counts);
      },
      TIMEOUT_MS,
    );
});
