import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeFileLock } from '../../../src/store/file-lock.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { scratch } from '../../support/cli.ts';

const options = { timeoutMs: 0, what: 'someone else has it' };

it('is held by one at a time, also within one process, and leaves an empty file', async () => {
  const folder = scratch();
  const path = join(folder, 'lock');
  const first = await takeFileLock(path, options);
  await expect(takeFileLock(path, options)).rejects.toMatchObject({
    code: 'locked',
    message: 'someone else has it',
  });
  await first[Symbol.asyncDispose]();
  await using _second = await takeFileLock(path, options);
  expect(readdirSync(folder)).toEqual(['lock']);
  expect([statSync(path).size, statSync(path).mode & 0o777]).toEqual([0, 0o600]);
});

it('is not kept from one taker by another that does not get it either', async () => {
  const path = join(scratch(), 'lock');
  await (await takeFileLock(path, options))[Symbol.asyncDispose]();
  // What every taker does first: of two at the same moment, each may have come so far.
  using other = new Connection(path, { readonly: false });
  other.execute('BEGIN');
  other.integer('SELECT count(*) FROM sqlite_schema');
  await using _lock = await takeFileLock(path, options);
  await expect(takeFileLock(path, options)).rejects.toMatchObject({ code: 'locked' });
});

it('waits for who has it', async () => {
  const path = join(scratch(), 'lock');
  const first = await takeFileLock(path, options);
  const second = takeFileLock(path, { ...options, timeoutMs: 60_000 });
  await first[Symbol.asyncDispose]();
  await using _second = await second;
});

it('ends its wait at Ctrl-C', async () => {
  const path = join(scratch(), 'lock');
  await using _first = await takeFileLock(path, options);
  const waiting = takeFileLock(path, { ...options, timeoutMs: 60_000, signal: AbortSignal.abort() });
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
});

it('says where it can not be', async () => {
  const folder = scratch();
  await expect(takeFileLock(join(folder, 'missing', 'lock'), options)).rejects.toMatchObject({
    code: 'failed',
  });
  writeFileSync(join(folder, 'file'), 'no database, and not empty'.repeat(100));
  await expect(takeFileLock(join(folder, 'file'), options)).rejects.toThrow(/not a database/);
});

it('goes away with its process, however that ends', async () => {
  const path = join(scratch(), 'lock');
  const module = new URL('../../../src/store/file-lock.ts', import.meta.url).href;
  const script = `
    const { takeFileLock } = await import(${JSON.stringify(module)});
    globalThis.held = await takeFileLock(${JSON.stringify(path)}, { timeoutMs: 0, what: '' });
    console.log('held');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  try {
    await once(child.stdout, 'data');
    await expect(takeFileLock(path, options)).rejects.toMatchObject({ code: 'locked' });
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'close');
  await using _lock = await takeFileLock(path, options);
});
