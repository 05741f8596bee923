import { expect, test } from 'vitest';
import { table } from '../../../src/cli/ui/table.ts';

test('columns are as wide as their widest cell, measured in columns of the terminal', () => {
  const columns = [{ title: 'A' }, { title: 'B', align: 'right' as const }, { title: 'C' }];
  expect(
    table(
      columns,
      [
        ['日本', '1', 'x'],
        ['z', '100', 'y'],
      ],
      80,
    ),
  ).toEqual(['A       B  C', '日本    1  x', 'z     100  y']);
});

test('without a column that gives way, or in too little room, lines are longer rather than cut to nothing', () => {
  expect(table([{ title: 'WHAT' }, { title: 'WHY' }], [['0123456789', 'abcdef']], 5)).toEqual([
    'WHAT        WHY',
    '0123456789  abcdef',
  ]);
  const flexible = [{ title: 'N' }, { title: 'TEXT', flexible: true }];
  expect(table(flexible, [['1', 'a text of some length']], 3)[1]).toBe('1  a text of…');
  expect(table(flexible, [['1', 'fits here']], 12)[1]).toBe('1  fits here');
});

test('a row that is short or missing leaves blanks', () => {
  const columns = [{ title: 'A' }, { title: 'B' }];
  expect(table(columns, [['only']], 80)).toEqual(['A     B', 'only']);
  expect(table(columns, [], 80)).toEqual(['A  B']);
});

test('a table may have very many rows', () => {
  const rows = Array.from({ length: 200_000 }, () => ['x']);
  expect(table([{ title: 'A' }], rows, 80)).toHaveLength(200_001);
});
