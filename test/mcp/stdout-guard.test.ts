import { Console } from 'node:console';
import { expect, test } from 'vitest';
import { guardStdout } from '../../src/mcp/stdout-guard.ts';
import { Capture } from '../support/cli.ts';

test('only the protocol reaches standard output while the guard is there', async () => {
  const [stdout, stderr] = [new Capture(), new Capture()];
  {
    using guard = guardStdout(stdout, stderr);
    const guarded: unknown = Reflect.get(globalThis, 'console');
    expect(guarded).toBeInstanceOf(Console);
    for (const method of ['log', 'info', 'debug', 'warn', 'error'])
      Reflect.get(Object(guarded), method)(method);
    stdout.write('stray\n');
    await new Promise(resolve => guard.protocol.write('protocol\n', resolve));
  }
  stdout.write('after\n');
  expect(stdout.bytes.toString()).toBe('protocol\nafter\n');
  expect(stderr.bytes.toString()).toBe('log\ninfo\ndebug\nwarn\nerror\nstray\n');
});

test('a standard output that breaks ends the protocol and nothing else', async () => {
  const [stdout, stderr] = [new Capture(), new Capture()];
  using guard = guardStdout(stdout, stderr);
  const closed = new Promise(resolve => guard.protocol.once('close', resolve));
  stdout.destroy(new Error('broken'));
  await closed;
  expect(guard.protocol.errored?.message).toBe('broken');
});
