import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSource } from '../../src/formats/detect.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { BINARY, runBinary } from '../support/binary.ts';
import { dump } from '../support/random-store.ts';
import { aMemory, idOf } from '../support/records.ts';
import { digestOf } from '../support/stores.ts';

const PLACES = 20;
const RECORDS = 300;
/** Each place is a run of the program under strace, and one more to see what it left. */
const KILLED_TIMEOUT_MS = 300_000;
const CALLS = 'pwrite64,write,rename,ftruncate';

/** Runs the real program under strace, which may kill it at the nth call that writes. */
function traced(
  args: readonly string[],
  home: string,
  killAt: number | null,
): { code: number | null; calls: number } {
  const log = join(home, 'strace.log');
  const inject = killAt === null ? [] : ['-e', `inject=${CALLS}:signal=KILL:when=${killAt}`];
  const { status } = spawnSync(
    'strace',
    ['-o', log, '-e', `trace=${CALLS}`, ...inject, process.execPath, BINARY, ...args],
    { env: { ...process.env, MEMPORT_HOME: home, TMPDIR: home }, cwd: home },
  );
  const calls = existsSync(log) ? readFileSync(log, 'utf8').split('\n').length : 0;
  rmSync(log, { force: true });
  return { code: status, calls };
}

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Memories of which those from `changed` on have another text. */
async function write(home: string, first: number, changed: number): Promise<void> {
  await using store = await openStore({ path: join(home, 'memport.db') });
  const entries = Array.from({ length: RECORDS }, (_, i) => {
    const n = first + i;
    const content = `Memory ${n} ${n >= changed ? 'changed' : 'as it was'} ${'word '.repeat(50)}`;
    return memoryEntry(
      aMemory({ id: idOf(n), content, updatedAt: n >= changed ? 2n ** 51n : 2n ** 50n }),
      null,
    );
  });
  await store.transact(transaction => transaction.put(entries.map(entry => ({ entry, searchVector: null }))));
}

describe.skipIf(!canTrace)(
  'killed while it writes, the store is as before or as after: strace is needed for',
  () => {
    let folder = '';
    const homes = { base: '', imported: '' };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'memport-killed-'));
      const other = join(folder, 'other');
      homes.base = join(folder, 'base');
      homes.imported = join(folder, 'imported');
      await write(homes.base, 0, RECORDS);
      await write(other, RECORDS / 2, (RECORDS * 3) / 4);
      expect(runBinary(['export', join(folder, 'file.tar.gz')], other).code).toBe(0);
      cpSync(homes.base, homes.imported, { recursive: true });
      expect(runBinary(['import', join(folder, 'file.tar.gz')], homes.imported).code).toBe(0);
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each([
      ['import', 'base', ['import', 'file.tar.gz']],
      ['restore', 'base', ['restore', 'file.tar.gz', '--yes']],
      ['undo', 'imported', ['undo']],
    ] as const)(
      '%s',
      async (name, from, [command, ...rest]) => {
        const args = [command, ...rest.map(arg => arg.replace('file.tar.gz', join(folder, 'file.tar.gz')))];
        const fresh = (place: string): string => {
          const home = join(folder, `${name}-${place}`);
          cpSync(homes[from], home, { recursive: true });
          return home;
        };
        const whole = fresh('whole');
        const before = dump(join(whole, 'memport.db'));
        const { code, calls } = traced(args, whole, null);
        expect(code).toBe(0);
        const after = dump(join(whole, 'memport.db'));
        const digest = await digestOf(whole);
        expect(after).not.toEqual(before);
        expect(calls).toBeGreaterThan(PLACES);
        const outcomes = new Set<string>();
        for (let place = 1; place <= PLACES; place++) {
          const home = fresh(String(place));
          const killed = traced(args, home, Math.round((place * calls) / (PLACES + 1)));
          const store = join(home, 'memport.db');
          const isAfter = JSON.stringify(dump(store)) === JSON.stringify(after);
          expect(dump(store)).toEqual(isAfter ? after : before);
          outcomes.add(`${killed.code === 0 ? 'ended' : 'killed'} ${isAfter ? 'after' : 'before'}`);
          await provenFiles(join(home, 'backups'));
          if (!isAfter) expect(runBinary(args, home).code).toBe(0);
          expect(await digestOf(home)).toBe(digest);
          rmSync(home, { recursive: true });
        }
        expect([...outcomes]).toContain('killed before');
        expect([...outcomes]).not.toContain('ended before');
      },
      KILLED_TIMEOUT_MS,
    );
  },
);

/** What has a final name is whole. */
async function provenFiles(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.tar.gz')) continue;
    await using source = await openSource(join(folder, name));
    await source.verify();
  }
}
