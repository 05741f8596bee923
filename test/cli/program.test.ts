import { Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { Capture } from '../support/cli.ts';

function io(stdout: Io['stdout'], stderr: Io['stderr']): Io {
  return {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: {},
    cwd: '/',
    now: () => 0,
    signal: new AbortController().signal,
  };
}
const longest = (text: string): number => Math.max(...text.split('\n').map(line => line.length));

describe('help', () => {
  test('fits the width of the stream that it goes to', () => {
    const program = createProgram(io(new Capture(true, 140), new Capture(true, 100)), () => {});
    expect(longest(program.helpInformation())).toBeGreaterThan(100);
    expect(longest(program.helpInformation())).toBeLessThanOrEqual(140);
    expect(longest(program.helpInformation({ error: true }))).toBeLessThanOrEqual(100);
  });

  test('fits 80 columns where the width is not known', () => {
    const program = createProgram(io(new Writable(), new Writable()), () => {});
    for (const error of [false, true]) {
      const width = longest(program.helpInformation({ error }));
      expect(width).toBeGreaterThan(70);
      expect(width).toBeLessThanOrEqual(80);
    }
  });

  test('of a command goes to standard output, with the global options', async () => {
    const [stdout, stderr] = [new Capture(), new Capture()];
    const codes: number[] = [];
    const program = createProgram(io(stdout, stderr), code => codes.push(code));
    await expect(program.parseAsync(['add', '--help'], { from: 'user' })).rejects.toMatchObject({
      exitCode: 0,
    });
    expect(stdout.bytes.toString()).toMatch(/^Usage: memport add .*--importance.*--home/s);
    expect(stderr.bytes).toHaveLength(0);
    expect(codes).toEqual([]);
  });
});

test('a command that ends well tells its exit code, and gets its options and the global ones', async () => {
  const stdout = new Capture();
  const codes: number[] = [];
  const program = createProgram(io(stdout, new Capture()), code => codes.push(code));
  await program.parseAsync(['--home', '/somewhere', 'config', 'path', '--json'], { from: 'user' });
  expect(stdout.bytes.toString()).toBe('"/somewhere/memport.json"\n');
  expect(codes).toEqual([0]);
});
