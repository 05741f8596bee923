import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Stage } from '../../src/cli/demo/stage.ts';
import { memport, scratch } from '../support/cli.ts';

test('the demo proves everything, leaves nothing, and touches no home', async () => {
  const home = scratch();
  const { code, stdout, stderr } = await memport(['demo'], { home, now: Date.now });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout.match(/✔ proven/g)).toHaveLength(16);
  expect(stdout).not.toContain('NOT SO');
  expect(stdout).toContain('$ memport import laptop.tar.gz --dry-run --home desk');
  expect(stdout).toContain('"content_digest": "sha256:');
  expect(readdirSync(home)).toEqual([]);
  const [folder = ''] = /\/\S*memport-demo-\w+/.exec(stdout) ?? [];
  expect(existsSync(folder)).toBe(false);
});

test('a proof that fails is shown, and counts', async () => {
  const home = scratch();
  mkdirSync(join(home, 'desk'));
  const { Capture } = await import('../support/cli.ts');
  const stdout = new Capture();
  const io = {
    stdin: process.stdin,
    stdout,
    stderr: new Capture(),
    env: {},
    cwd: home,
    now: Date.now,
    signal: new AbortController().signal,
  };
  const stage = new Stage(io, home);
  expect(stage.proven).toBe(true);
  await stage.prove('that one is two', false);
  expect(stage.proven).toBe(false);
  expect(stdout.bytes.toString()).toContain('NOT SO: that one is two');
  expect(await stage.type('desk', ['show', 'abcd'])).toMatchObject({ code: 10 });
});
