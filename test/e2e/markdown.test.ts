import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryEntry } from '../../src/model/record.ts';
import { BINARY, runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { storeOf } from '../support/markdown.ts';
import { aMemory, at, idOf } from '../support/records.ts';

const DATE = ['--export-date', '2026-06-01T00:00:00Z'];

async function home(count: number, word: string): Promise<string> {
  const folder = scratch();
  const records = Array.from({ length: count }, (_, n) =>
    memoryEntry(
      aMemory({
        id: idOf(n),
        content: `Memory ${n} ${word}.`,
        projectName: `p${n % 3}`,
        createdAt: at('2026-01-01') + BigInt(n),
      }),
      null,
    ),
  );
  const store = await storeOf(join(folder, 'memport.db'), records);
  await store.close();
  return folder;
}

function edit(path: string, change: (page: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

test('[P7-04] two sections edited, one added, one deleted in the files: told, done, undone', async () => {
  const place = await home(9, 'is here');
  const run = (...args: string[]) => {
    const { code, stdout, stderr } = runBinary(args, place);
    expect({ args, code, stderr }).toMatchObject({ code: 0 });
    return stdout.toString('utf8');
  };
  const digest = (): string => /sha256:\w+/.exec(run('status', '--digest'))?.[0] ?? '';
  const before = digest();
  run('export', 'notes', '--format', 'markdown', ...DATE);
  const page = join(place, 'notes/p0/fact.md');
  edit(page, text =>
    text
      .replace('\n\nMemory 0 is here.', '\n\nMemory 0 is **changed**.')
      .replace('\n\nMemory 3 is here.', '\n\nMemory 3 is gone.'),
  );
  edit(join(place, 'notes/p1/fact.md'), text => `${text}\n## New\n\nNew here.\n`);
  edit(join(place, 'notes/p2/fact.md'), text => text.replace(/\n## Memory 2 (?:.|\n)*/, ''));
  const dry = run('import', 'notes', '--dry-run', '--delete-missing', '--near-duplicates', 'off');
  expect(dry).toContain(': 1 created, 2 updated, 6 unchanged');
  expect(
    dry.match(/^(?:update|create|delete) .*$/gm)?.map(line => line.split(/\s+/).slice(0, 2).join(' ')),
  ).toEqual([
    `update ${idOf(3)}`,
    `update ${idOf(0)}`,
    expect.stringMatching(/^create [0-9a-f-]{36}$/),
    `delete ${idOf(2)}`,
  ]);
  expect(digest()).toBe(before);
  run('import', 'notes', '--delete-missing', '--near-duplicates', 'off');
  const after = run('list', '--all');
  for (const text of ['Memory 0 is **changed**.', 'Memory 3 is gone.', 'New here.'])
    expect(after).toContain(text);
  expect(after).not.toContain('Memory 2 is here.');
  expect(run('import', 'notes', '--delete-missing')).toContain('9 unchanged');
  run('undo');
  expect(digest()).toBe(before);
});

/** What puts files in place and takes them away. */
const CALLS = 'rename,unlink,rmdir';
const PLACES = 8;
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Every file of a folder but what is staged, by path. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    name => !/\.tmp(?:\/|$)/.test(name) && statSync(join(folder, name)).isFile(),
  );
  return new Map(names.sort().map(name => [name, readFileSync(join(folder, name), 'utf8')]));
}

function traced(args: readonly string[], place: string, killAt: number | null): number {
  const log = join(place, 'strace.log');
  const inject = killAt === null ? [] : ['-e', `inject=${CALLS}:signal=KILL:when=${killAt}`];
  spawnSync(
    'strace',
    ['-f', '-o', log, '-e', `trace=${CALLS}`, ...inject, process.execPath, BINARY, ...args],
    {
      // Calls are counted by thread; with one for files they are counted in their order.
      env: { ...process.env, MEMPORT_HOME: place, UV_THREADPOOL_SIZE: '1' },
      cwd: place,
    },
  );
  const calls = existsSync(log)
    ? (readFileSync(log, 'utf8').match(/ (?:rename|unlink|rmdir)\(/g) ?? []).length
    : 0;
  rmSync(log, { force: true });
  return calls;
}

describe.skipIf(!canTrace)('an export to a folder that is killed: strace is needed for', () => {
  test('each file is the old or the new one, an import tells when they are mixed, and the next export completes it', async () => {
    const [first, second] = [await home(9, 'is old'), await home(6, 'is new')];
    expect(runBinary(['export', 'notes', '--format', 'markdown', ...DATE], first).code).toBe(0);
    const old = filesOf(join(first, 'notes'));
    const prepared = (name: string): string => {
      const place = join(second, name);
      cpSync(join(first, 'notes'), place, { recursive: true });
      return place;
    };
    const whole = prepared('whole');
    const calls = traced(['export', whole, '--format', 'markdown', ...DATE], second, null);
    const now = filesOf(whole);
    expect(now).not.toEqual(old);
    expect(calls).toBeGreaterThan(5);
    const outcomes = new Set<string>();
    for (let i = 1; i <= PLACES; i++) {
      const at = 1 + Math.round(((i - 1) * (calls - 1)) / (PLACES - 1));
      const place = prepared(`killed-${i}`);
      const args = ['export', place, '--format', 'markdown', ...DATE];
      traced(args, second, at);
      const found = filesOf(place);
      for (const [path, text] of found)
        if (!path.includes('.next.')) expect([old.get(path), now.get(path)], path).toContain(text);
      const same = (files: ReadonlyMap<string, string>): boolean =>
        JSON.stringify([...found]) === JSON.stringify([...files]);
      const outcome = same(old) ? 'old' : same(now) ? 'new' : 'between';
      outcomes.add(outcome);
      expect(runBinary(['import', place, '--dry-run'], second).code).toBe(outcome === 'between' ? 20 : 0);
      expect(runBinary(args, second).code).toBe(0);
      expect(filesOf(place)).toEqual(now);
      rmSync(place, { recursive: true });
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['old', 'between']));
  }, 120_000);
});
