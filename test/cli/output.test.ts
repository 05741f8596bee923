import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { Capture, memport, ok, scratch } from '../support/cli.ts';
import { feat038Json, originalMemory } from '../support/stores.ts';

/** A stream that can't be written to. */
function broken(code: string): Writable {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
  stream.on('error', () => {});
  return stream;
}

async function runWith(
  args: readonly string[],
  home: string,
  streams: { stdout?: Writable; stderr?: Writable },
) {
  const stderr = new Capture();
  const code = await run(args, {
    stdin: process.stdin,
    stdout: streams.stdout ?? new Capture(),
    stderr: streams.stderr ?? stderr,
    env: { MEMPORT_HOME: home },
    cwd: home,
    now: Date.now,
    signal: new AbortController().signal,
  });
  return { code, stderr: stderr.bytes.toString('utf8') };
}

describe('output that can not be written', () => {
  test('a full standard output is an error that says what has been done all the same', async () => {
    const home = scratch();
    const stdout = broken('ENOSPC');
    expect(await runWith(['add', 'x'], home, { stdout })).toMatchObject({
      code: 24,
      stderr: expect.stringMatching(/standard output.*but the memory \S+ is stored/),
    });
    expect((await ok(['list', '--json'], { home })).split('\n')).toHaveLength(1);
    expect((await runWith(['list'], home, { stdout: broken('ENOSPC') })).stderr).not.toContain(', but');
  });

  test('a reader that went away changes neither the work nor its exit code', async () => {
    const home = scratch();
    const file = feat038Json(home, [originalMemory(1), originalMemory(2, { content: '' })]);
    expect(await runWith(['import', file], home, { stdout: broken('EPIPE') })).toEqual({
      code: 3,
      stderr: '',
    });
    expect(await runWith(['list'], home, { stdout: broken('EPIPE') })).toEqual({ code: 0, stderr: '' });
  });

  test('nobody who listens to what is said beside it makes nothing fail', async () => {
    const home = scratch();
    expect((await runWith(['add', 'x'], home, { stderr: broken('EPIPE') })).code).toBe(0);
    expect((await runWith(['show', 'zzzz'], home, { stderr: broken('EPIPE') })).code).toBe(2);
  });
});

test('JSON on a terminal holds no control character, and the same value', async () => {
  const home = scratch();
  const content = 'a\u009b31mb\u202ec\u007f';
  await ok(['add', content], { home });
  const { stdout } = await memport(['list', '--json'], { home, tty: true });
  expect(stdout).not.toMatch(/[\u007f-\u009f\u202e]/);
  expect(JSON.parse(stdout)).toMatchObject({ content });
  expect((await memport(['list', '--json'], { home })).stdout).toContain(content);
});

test('a file name can not forge a line', async () => {
  const { stderr } = await memport(['import', 'a\nmemport: all is well.json'], { home: scratch() });
  expect(stderr.split('\n').filter(line => line.startsWith('memport:'))).toHaveLength(1);
});
