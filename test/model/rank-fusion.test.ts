import { expect, it } from 'vitest';
import { fuseRanks } from '../../src/model/rank-fusion.ts';

const ids = (...rankings: readonly string[]) =>
  fuseRanks(rankings.map(ranking => [...ranking].map(id => ({ id })))).map(({ hit }) => hit.id);

it('puts first what several rankings have in front', () => {
  expect(ids('abc', 'bca')).toEqual(['b', 'a', 'c']);
  expect(ids('ab', '')).toEqual(['a', 'b']);
  expect(ids()).toEqual([]);
});

it('orders equals by id, whatever came first', () => {
  expect(ids('ab', 'ba')).toEqual(['a', 'b']);
  expect(ids('ba', 'ab')).toEqual(['a', 'b']);
  expect(ids('c', 'b', 'a')).toEqual(['a', 'b', 'c']);
});
