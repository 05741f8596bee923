import { expect, test } from 'vitest';
import { Tally } from '../../../src/transfer/import/report.ts';

const RUN = {
  input: 'f',
  format: 'memport-json',
  strategy: 'skip',
  dry_run: false,
  migrations: [],
  lost: null,
  rejects_file: null,
  operation_id: null,
} as const;

test('the counts add up to the total, by action and by kind', () => {
  const tally = new Tally();
  for (const action of [
    'created',
    'created',
    'updated',
    'unchanged',
    'skipped',
    'duplicates',
    'rejected',
  ] as const)
    tally.count(action, 'memory');
  tally.count('created', 'code_unit');
  tally.warn('b');
  tally.warn('a');
  tally.warn('b');
  expect(tally.report(RUN)).toMatchObject({
    total: 8,
    created: 3,
    memories: 7,
    code_units: 1,
    warnings: { a: 1, b: 2 },
  });
  expect(() => tally.check(10, 13)).not.toThrow();
});

test('a count that the store does not confirm is a failure', () => {
  const tally = new Tally();
  tally.count('created', 'memory');
  expect(() => tally.check(0, 0)).toThrowError(/does not add up/);
});
