import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EMPTY_STATE, readState, writeState } from '../../../src/backup/schedule/state.ts';
import { scratch } from '../../support/cli.ts';

test('a state is kept whole, its last hundred runs', async () => {
  const file = join(scratch(), 'state.json');
  expect(await readState(file)).toEqual(EMPTY_STATE);
  const at = '2026-01-01T00:00:00.000Z';
  const run = {
    slot: at,
    slots: 1,
    started_at: at,
    finished_at: at,
    attempts: 1,
    backup: null,
    error: null,
  } as const;
  const runs = Array.from({ length: 120 }, (_, n) => ({
    ...run,
    slots: n + 1,
    result: 'unchanged' as const,
  }));
  await writeState(file, { settled: at, retry: null, runs });
  expect(await readState(file)).toEqual({ settled: at, retry: null, runs: runs.slice(0, 100) });
});

test('one that cannot be understood is the empty one: set aside, or only looked at', async () => {
  const file = join(scratch(), 'state.json');
  writeFileSync(file, '{');
  expect(await readState(file, undefined, 'look')).toEqual(EMPTY_STATE);
  expect(readFileSync(file, 'utf8')).toBe('{');
  expect(await readState(file)).toEqual(EMPTY_STATE);
  expect(existsSync(file)).toBe(false);
  expect(readFileSync(`${file}.bad`, 'utf8')).toBe('{');
});

test('one that cannot be read is an error', async () => {
  const file = join(scratch(), 'state.json');
  mkdirSync(file);
  await expect(readState(file)).rejects.toThrow('EISDIR');
});
