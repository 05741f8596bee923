import { describe, expect, test } from 'vitest';
import { points, reportFigures } from '../support/deep.ts';
import * as commands from './commands.ts';
import { spread } from './prove-killed.ts';
import { expectWhole, same, stateOf, temporariesOf } from './state.ts';
import { type Call, canTrace, changes, failAt, type Traced, trace } from './strace.ts';

const TIMEOUT_MS = 600_000;

const COMMANDS = [
  commands.IMPORT,
  commands.RESTORE,
  commands.UNDO,
  commands.ADD,
  commands.CREATE,
  commands.CREATE_FIRST,
  commands.CLEANUP,
  commands.CONFIG_SET,
  commands.KEY_GENERATE,
  commands.EXPORT_ARCHIVE,
  commands.EXPORT_JSON,
  commands.EXPORT_MARKDOWN,
  commands.EXPORT_ENCRYPTED,
  commands.EXPORT_FOLDER,
];

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

describe.skipIf(!canTrace)('a system call fails, which takes strace', () => {
  for (const command of COMMANDS)
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
        const published = calls.findLastIndex(({ name }) => name === 'rename' || name === 'link');
        const counts = { points: 0, failed: 0, harmless: 0 };
        const tryFault = async (call: Call, error: string, code: number, on: '' | '+'): Promise<void> => {
          site.reset();
          const ended = failAt(site, args, call, error, on);
          counts.points += 1;
          const found = await stateOf(site);
          if (ended.code === 0) {
            counts.harmless += 1;
            expect(same(found, after), 'what is said to be done is done').toBe(true);
          } else {
            counts.failed += 1;
            expectFailure(ended, whole, code);
            // Once the new file has its name, it can only be said that it may not survive a power failure.
            const isPublished = calls.indexOf(call) > published && published >= 0;
            const isAsBefore = same(found, before) || (isPublished && same(found, after));
            if (!command.isStepwise) expect(isAsBefore, 'nothing is changed').toBe(true);
            if (!/^(unlink|rmdir)$/.test(call.name)) expect(temporariesOf(site)).toEqual([]);
          }
          await expectWhole(site, command, before, after);
        };
        for (const { error, code, calls: meant } of FAULTS) {
          const candidates = calls.filter(({ name }) => meant.test(name));
          for (const call of spread(candidates, points(8, 1)))
            for (const on of ['', '+'] as const)
              await tryFault(call, error, code, on).catch(cause => {
                throw new Error(`${error}${on} at ${call.name} ${call.nth} of ${call.path}`, { cause });
              });
        }
        expect(counts.failed).toBeGreaterThan(0);
        reportFigures(context, counts);
      },
      TIMEOUT_MS,
    );
});
