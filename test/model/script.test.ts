import { describe, expect, it } from 'vitest';
import { characterKind, DENSE, LETTER, SEPARATOR } from '../../src/model/script.ts';

describe('characterKind', () => {
  it.each([
    ['separator', SEPARATOR, ' \n\0_-.,/@[`{~…—“«»।。、「」€→■\ufeff\u200d\ufe0f'],
    ['letter', LETTER, 'azAZ09éßжעعह👩🚀\ud800'],
    ['dense', DENSE, '漢字かなカナ々ไทยລາວမြန်မာខ្មែរ한글ㄅ𠮷'],
  ])('tells %s', (_, kind, characters) => {
    const points = Array.from(characters, character => character.codePointAt(0) ?? -1);
    expect(points.filter(point => characterKind(point) !== kind)).toEqual([]);
  });
});
