import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { memoryEntry } from '../../../src/model/record.ts';
import { openSqliteStore } from '../../../src/store/open.ts';
import { ids, put } from '../../contract/place.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

const SCRIPT = fileURLToPath(new URL('./writer-process.ts', import.meta.url));

/** A process that does not outlive its test. */
function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return text;
}

it('loses no write of several processes, which also make the store at once', async () => {
  const path = join(await scratchFolder(), 'memport.db');
  const outputs = await Promise.all([0, 100, 200].map(first => output(start(path, String(first), '25'))));
  const acknowledged = outputs.join('').trim().split('\n').map(Number);
  expect(acknowledged).toHaveLength(75);
  await using store = await openSqliteStore({ path });
  expect(await ids(store)).toEqual(acknowledged.sort((a, b) => a - b).map(idOf));
});

it('forgets the transaction of a process that was killed, and lets others write', async () => {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path });
  await put(store, memoryEntry(aMemory(), null));
  const child = start(path, '2', 'hold');
  if (child.stdout === null) throw new Error('no output');
  await once(child.stdout, 'data');
  expect(await ids(store)).toEqual([idOf(1)]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await put(store, memoryEntry(aMemory({ id: idOf(3) }), null));
  expect(await ids(store)).toEqual([1, 3].map(idOf));
  const database = new Database(path, { readonly: true });
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
});
