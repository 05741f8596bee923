import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { BINARY } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';

const { argv, exitCode } = process;
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const listeners = new Map(NAMES.map(name => [name, process.listeners(name)]));

afterEach(() => {
  process.argv = argv;
  process.exitCode = exitCode;
  vi.restoreAllMocks();
  for (const name of NAMES) {
    for (const listener of process.listeners(name))
      if (!listeners.get(name)?.includes(listener)) process.off(name, listener);
  }
});

test('runs the command line of the process and leaves its exit code', async () => {
  const home = scratch();
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((_chunk, done) => {
    (done as (() => void) | undefined)?.();
    return true;
  });
  process.argv = ['node', 'memport', 'config', 'path', '--home', home];
  await main();
  expect(process.exitCode).toBe(0);
  expect(written.mock.calls[0]?.[0]).toBe(`${home}/memport.json\n`);
});

test('a first request to end aborts, a second does not wait', async () => {
  const home = scratch();
  const errors: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk, done) => {
    errors.push(String(chunk));
    (done as (() => void) | undefined)?.();
    return true;
  });
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  process.argv = ['node', 'memport', 'import', `${home}/missing.json`, '--home', home];
  const running = main();
  process.emit('SIGTERM');
  process.emit('SIGINT');
  process.emit('SIGTERM');
  process.stdout.emit('error', new Error('EPIPE'));
  await running;
  expect(exit.mock.calls).toEqual([[130], [143]]);
  expect(process.exitCode).toBe(10);
  expect(errors.join('')).toContain('missing.json');
});

test('a terminal that goes away ends the command with 129', async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((_chunk, done) => {
    (done as (() => void) | undefined)?.();
    return true;
  });
  process.argv = ['node', 'memport', 'import', '-', '--home', scratch()];
  const running = main();
  process.emit('SIGHUP');
  await running;
  expect(process.exitCode).toBe(129);
});

const GONE = 'memport: the folder it was started in is gone; change to another one\n';

test('says so where the folder it was started in is gone', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw new Error('ENOENT: uv_cwd');
  });
  await main();
  expect(process.exitCode).toBe(1);
  expect(written.mock.calls).toEqual([[GONE]]);
});

test.skipIf(process.platform === 'win32')('the real program too', () => {
  const home = scratch();
  const gone = join(home, 'gone');
  mkdirSync(gone);
  const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3" list --home "$4"';
  const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', gone, process.execPath, BINARY, home], {
    encoding: 'utf8',
  });
  expect(stderr).toBe(GONE);
  expect(status).toBe(1);
});
