import { describe, expect, test } from 'vitest';
import { formatBytes, ProgressLine, describe as words } from '../../../src/cli/ui/progress.ts';
import { Capture } from '../../support/cli.ts';

function play(tty: boolean, options: { json?: boolean; quiet?: boolean } = {}): string {
  const stream = new Capture(tty);
  let now = 0;
  using line = new ProgressLine({
    stream,
    now: () => now,
    json: options.json === true,
    quiet: options.quiet === true,
  });
  for (let done = 0; done <= 3000; done += 10) {
    now = done;
    line.update({ phase: 'importing', done, total: 3000, unit: 'records' });
  }
  line.clear();
  return stream.bytes.toString('utf8');
}

describe('[P3-04] progress', () => {
  test('on a terminal is a bar that is drawn over itself and taken away', () => {
    const text = play(true);
    expect(text).toContain('█');
    expect(text).toContain('importing');
    expect(text).toContain('s left');
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
    expect(text).not.toContain('\n');
  });

  test('elsewhere is at most a line a second', () => {
    const lines = play(false).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toBe('importing 1,400/3,000 records, 1,000/s, 2 s left');
  });

  test('as JSON is status lines, and quiet is quiet', () => {
    const [first = ''] = play(false, { json: true }).split('\n');
    expect(JSON.parse(first)).toEqual({
      message_type: 'status',
      phase: 'importing',
      done: 400,
      total: 3000,
      unit: 'records',
    });
    expect(play(true, { quiet: true })).toBe('');
  });

  test('says what it knows when the total is not known', () => {
    expect(words({ phase: 'reading', done: 2048, total: null, unit: 'bytes' }, 1000)).toBe(
      'reading 2.0 KiB, 2.0 KiB/s',
    );
    expect(words({ phase: 'reading', done: 0, total: 10, unit: 'records' }, 0)).toBe('reading 0/10 records');
  });

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [5 * 1024 ** 3, '5.0 GiB'],
    [3 * 1024 ** 5, '3072.0 TiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
