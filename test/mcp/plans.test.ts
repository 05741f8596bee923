import { expect, test } from 'vitest';
import { Plans } from '../../src/mcp/plans.ts';

const PLAN = { path: '/a', file: 'f', state: 's' };

test('a plan can be taken once, within a quarter of an hour', () => {
  let now = 0;
  const plans = new Plans(() => now);
  const [first, second] = [plans.keep(PLAN), plans.keep({ ...PLAN, path: '/b' })];
  expect(plans.take(first)).toMatchObject(PLAN);
  expect(() => plans.take(first)).toThrow(/no plan/);
  now = 15 * 60 * 1000;
  expect(() => plans.take(second)).toThrow(/no plan/);
  expect(() => plans.take('x'.repeat(500))).toThrow(/^there is no plan "x{80}"$/);
});

test('a hundred plans are kept, and the oldest makes room', () => {
  const plans = new Plans(() => 0);
  const ids = Array.from({ length: 101 }, (_, n) => plans.keep({ ...PLAN, path: `/${n}` }));
  expect(() => plans.take(ids[0] ?? '')).toThrow(/no plan/);
  expect(plans.take(ids[1] ?? '')).toMatchObject({ path: '/1' });
  expect(plans.take(ids[100] ?? '')).toMatchObject({ path: '/100' });
});
