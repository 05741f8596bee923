import { describe, expect, test } from 'vitest';
import { matchAnyWord, separateDense } from '../../../src/store/sqlite/dense-text.ts';

describe('separateDense', () => {
  test.each([
    ['plain words stay', 'plain words stay'],
    ['Ещё одно слово, café', 'Ещё одно слово, café'],
    ['日本語のcomment', ' 日  本  語  の comment'],
    ['v2の𠮷', 'v2 の  𠮷 '],
    ['서버가 왔다', ' 서  버  가   왔  다 '],
  ])('%j is taken as %j', (text, taken) => {
    expect(separateDense(text)).toBe(taken);
  });
});

describe('matchAnyWord', () => {
  test.each([
    ['alpha beta', '"alpha" OR "beta"'],
    ['alpha alpha', '"alpha"'],
    ['備', '"備"'],
    ['備份', '"備 份"'],
    ['数据库', '"数 据" OR "据 库"'],
    ['APIの設計v2', '"API" OR "の 設" OR "設 計" OR "v2"'],
    ['"alpha" OR NOT', '"alpha" OR "OR" OR "NOT"'],
  ])('%j asks for %s', (text, query) => {
    expect(matchAnyWord(text)).toBe(query);
  });

  test('of nothing is nothing, of too much the beginning', () => {
    for (const text of ['', ' -*"', '。、']) expect(matchAnyWord(text)).toBeNull();
    expect(matchAnyWord('語'.repeat(10) + '漢字かな'.repeat(100))?.split(' OR ').length).toBeLessThanOrEqual(
      64,
    );
    expect(
      matchAnyWord(Array.from({ length: 1000 }, (_, n) => `w${n}`).join(' '))?.split(' OR '),
    ).toHaveLength(64);
  });
});
