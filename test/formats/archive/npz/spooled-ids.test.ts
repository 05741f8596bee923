import { describe, expect, test } from 'vitest';
import { SpooledIds } from '../../../../src/formats/archive/npz/spooled-ids.ts';
import { idOf } from '../../../support/records.ts';

const GROUPS = [
  { model: 'm', dimensions: 2, count: 2 },
  { model: null, dimensions: 3, count: 1 },
];
const run = (ids: readonly number[], vectors: { model: string | null; dimensions: number } | null) => ({
  count: ids.length,
  ids: ids.map(idOf).join(''),
  lines: Buffer.alloc(0),
  vectors,
});

describe('ids that are spooled in runs', () => {
  test('go to their groups, those without a vector to none', () => {
    const spooled = new SpooledIds('memory', GROUPS);
    spooled.addRun(run([1, 2], { model: 'm', dimensions: 2 }));
    spooled.addRun(run([3], null));
    spooled.addRun(run([4], { model: null, dimensions: 3 }));
    expect(Buffer.concat([...spooled.take(0).texts()]).toString()).toBe(idOf(1) + idOf(2));
    expect(Buffer.concat([...spooled.take(1).texts()]).toString()).toBe(idOf(4));
  });

  test('are refused out of order, beyond what was announced, and of a group that was not', () => {
    const of =
      (...runs: ReturnType<typeof run>[]) =>
      () => {
        const spooled = new SpooledIds('memory', GROUPS);
        for (const each of runs) spooled.addRun(each);
        spooled.take(0);
      };
    const [ours, strange] = [GROUPS[0] ?? null, { model: 'n', dimensions: 2 }];
    expect(of(run([2], ours), run([1], ours))).toThrow('wrong order');
    expect(of(run([1, 2, 3], ours))).toThrow('more vectors');
    expect(of(run([1], strange))).toThrow('not announced');
    expect(of(run([1], ours))).toThrow('1 vectors where 2');
  });
});
