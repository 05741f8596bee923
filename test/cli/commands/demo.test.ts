import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { Capture, memport, ok, scratch } from '../../support/cli.ts';

test('--keep leaves the homes for a look around, and says where', async () => {
  const home = scratch();
  const text = await ok(['demo', '--keep'], { home, now: Date.now });
  const desk = /memport list --home (\S+)/.exec(text)?.[1] ?? '';
  onTestFinished(() => rmSync(dirname(desk), { recursive: true, force: true }));
  expect(existsSync(join(dirname(desk), 'laptop', 'memport.db'))).toBe(true);
  expect(await ok(['list', '--all', '--home', desk], { home })).toContain('Prices are stored in cents');
});

test('settings of the environment do not change what is shown', async () => {
  const env = { MEMPORT_MERGE_STRATEGY: 'skip', MEMPORT_EMBEDDING_PROVIDER: 'none' };
  const { code, stdout } = await memport(['demo'], { home: scratch(), now: Date.now, env });
  expect(code).toBe(0);
  expect(stdout).not.toContain('NOT SO');
});

test('a proof that fails ends the demo with exit code 1', async () => {
  const stdout = new Capture();
  let now = Date.parse('2026-06-01T00:00:00Z');
  // Once the laptop has its edit, the desk's clock is years behind, so that its later edit counts as the earlier one.
  const clock = (): number => {
    now += 1000;
    return stdout.bytes.includes('gave us a month') ? 0 : now;
  };
  const code = await run(['demo'], {
    stdin: Readable.from([]),
    stdout,
    stderr: new Capture(),
    env: { MEMPORT_HOME: scratch() },
    cwd: '/',
    now: clock,
    signal: new AbortController().signal,
  });
  expect(code).toBe(1);
  const text = stdout.bytes.toString();
  expect(text).toContain("✘ NOT SO: the desk's newer edit was not overwritten");
  expect(text).toContain('A proof FAILED');
  expect(text).not.toContain('All proofs held');
});
