import type { ChildProcess } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { runBinary, startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { digestOf, originalMemory } from '../support/stores.ts';

const MANY = 8000;

function largeFile(folder: string): string {
  const path = join(folder, 'large.json');
  const memories = Array.from({ length: MANY }, (_, n) =>
    JSON.stringify(originalMemory(n, { content: `Memory ${n} ${'word '.repeat(60)}` })),
  );
  writeFileSync(
    path,
    `{"version":"1.0.0","schema_version":"3.0.0","export_date":"2026-01-01","memory_count":${MANY},"memories":[${memories.join(',\n')}]}`,
  );
  return path;
}

/** Resolves once the program has said that rows are being written. */
function untilImporting(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('"phase":"importing"')) resolve();
    });
    child.on('close', () => reject(new Error('it was over before it could be interrupted')));
  });
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '[EDGE-10] %s in the middle of a large import: exit %i, the store as before, no temporary file',
  async (signal, code) => {
    const home = scratch();
    expect(runBinary(['add', 'here before'], home).code).toBe(0);
    const before = await digestOf(home);
    const file = largeFile(home);
    const { child, ended } = startBinary(['import', file, '--json'], home);
    await untilImporting(child);
    child.kill(signal);
    const result = await ended;
    expect(result).toMatchObject({ code, stderr: expect.stringContaining('"code":"') });
    expect(await digestOf(home)).toBe(before);
    expect(readdirSync(home).filter(name => !name.startsWith('memport.db') && name !== 'large.json')).toEqual(
      [],
    );
    expect(runBinary(['import', file], home).stdout.toString()).toContain(`${MANY} created`);
  },
);

test('killed in the middle of a large import, the store is as before and goes on', async () => {
  const home = scratch();
  expect(runBinary(['add', 'here before'], home).code).toBe(0);
  const before = await digestOf(home);
  const file = largeFile(home);
  const { child, ended } = startBinary(['import', file, '--json'], home);
  await untilImporting(child);
  child.kill('SIGKILL');
  expect((await ended).code).toBeNull();
  expect(await digestOf(home)).toBe(before);
  expect(runBinary(['add', 'after'], home).code).toBe(0);
});

test('a store that is locked for too long: exit 11, and what to do', async () => {
  const home = scratch();
  expect(runBinary(['config', 'set', 'store_busy_timeout', '0.2'], home).code).toBe(0);
  await using store = await openStore({ path: join(home, 'memport.db') });
  await store.transact(async () => {
    const result = runBinary(['add', 'too late'], home);
    expect(result).toMatchObject({ code: 11, stdout: Buffer.alloc(0) });
    expect(result.stderr).toContain('memport:');
  });
  expect(runBinary(['add', 'in time'], home).code).toBe(0);
});

test('a reader that goes away ends an export quietly', async () => {
  const home = scratch();
  expect(runBinary(['add', 'x'], home).code).toBe(0);
  const { child, ended } = startBinary(['export', '--format', 'json', '-'], home);
  child.stdout?.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('EPIPE') });
});

test.each([
  ['import', 'SIGINT', 130],
  ['add', 'SIGTERM', 143],
] as const)(
  '%s that waits for its input ends at the first %s, and leaves nothing',
  async (name, signal, code) => {
    const [home, temporary] = [scratch(), scratch()];
    const { child, ended } = startBinary([name, '-'], home, { TMPDIR: temporary });
    // What is written is read only once the command is waiting for more of it.
    await new Promise<void>(resolve => child.stdin?.write('x'.repeat(512 * 1024), () => resolve()));
    child.kill(signal);
    expect(await ended).toMatchObject({ code, stderr: expect.stringContaining('interrupted') });
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  },
);
