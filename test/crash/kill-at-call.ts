/**
 * Loaded into the real program by `node --import`, where no system call can be traced: counts the calls of node:fs/promises
 * and of better-sqlite3 that change something, and kills the process as it begins the nth. What SQLite writes within one
 * statement, between two of these calls, it does not see; strace does.
 */
import { writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import Database from 'better-sqlite3';

const { MEMPORT_TEST_KILL_AT: killAt, MEMPORT_TEST_CALLS: log } = process.env;
const calls: string[] = [];

function count(name: string): void {
  calls.push(name);
  if (calls.length === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function hook(target: object, owner: string, names: readonly string[]): void {
  for (const name of names) {
    const method: Method = Reflect.get(target, name);
    const counted: Method = function (...args) {
      count(`${owner}.${name}`);
      return method.apply(this, args);
    };
    Reflect.set(target, name, counted);
  }
}

const handle = await fs.open(process.execPath);
hook(Object.getPrototypeOf(handle), 'FileHandle', [
  'appendFile',
  'datasync',
  'sync',
  'truncate',
  'write',
  'writeFile',
  'writev',
]);
await handle.close();
hook(fs, 'fs', ['chmod', 'link', 'mkdir', 'mkdtemp', 'open', 'rename', 'rm', 'rmdir', 'unlink', 'writeFile']);
syncBuiltinESMExports();

const database = new Database(':memory:');
hook(Object.getPrototypeOf(database.prepare('SELECT 1')), 'Statement', ['run']);
database.close();
hook(Database.prototype, 'Database', ['exec', 'close']);

if (log !== undefined) process.on('exit', () => writeFileSync(log, JSON.stringify(calls)));
