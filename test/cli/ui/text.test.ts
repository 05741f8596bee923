import { expect, test } from 'vitest';
import { table } from '../../../src/cli/ui/table.ts';
import { styled, truncate, visible, visibleLines } from '../../../src/cli/ui/text.ts';
import { Capture } from '../../support/cli.ts';

test('control characters become visible, and can do nothing', () => {
  expect(visible('a\u001b]0;title\u0007\u009b31m\u202e\ud800')).toBe('a␛]0;title␇\\u009b31m\\u202e\ufffd');
  expect(visibleLines('a\tb\r\nc')).toBe('a\tb␍\nc');
});

test('text is cut by columns, never inside a character', () => {
  expect(truncate('日本語テスト', 7)).toBe('日本語…');
  expect(truncate('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3)).toBe('👩‍👩‍👧‍👦…');
  expect(truncate('two\n  lines', 20)).toBe('two lines');
});

test('colours only on a terminal without NO_COLOR', () => {
  expect(styled(new Capture(true), {}, 'red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(styled(new Capture(true), { NO_COLOR: '1' }, 'red', 'x')).toBe('x');
  expect(styled(new Capture(false), {}, 'red', 'x')).toBe('x');
});

test('a table gives way in its flexible column', () => {
  const columns = [
    { title: 'N', align: 'right' as const },
    { title: 'TEXT', flexible: true },
  ];
  expect(
    table(
      columns,
      [
        ['7', 'short'],
        ['12', 'a longer text that does not fit'],
      ],
      20,
    ),
  ).toEqual([' N  TEXT', ' 7  short', '12  a longer text t…']);
  expect(table([{ title: 'A' }], [[]], 5)).toEqual(['A', '']);
});
