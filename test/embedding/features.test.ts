import { describe, expect, it } from 'vitest';
import { FeatureCounts, featureWeight } from '../../src/embedding/features.ts';

const counts = new FeatureCounts();

function featuresOf(text: string): Map<number, number> {
  const features = new Map<number, number>();
  counts.each(text, (hash, kind, count) => {
    expect(featureWeight(kind)).toBeGreaterThan(0);
    features.set(hash, count);
  });
  return features;
}

describe('features', () => {
  it('of a word are the word and its parts of 3 to 5 characters, boundaries included', () => {
    // <cat>: the word, 3 parts of three, 2 of four, 1 of five.
    expect(featuresOf('cat').size).toBe(7);
    expect(featuresOf('a').size).toBe(2);
    expect(featuresOf('').size).toBe(0);
    expect(featuresOf(' ... ').size).toBe(0);
  });

  it('of text without spaces are its sequences of 1 to 3 characters', () => {
    expect(featuresOf('金曜日').size).toBe(6);
    expect(featuresOf('𠮷野').size).toBe(3);
  });

  it('do not reach over word boundaries or from one kind of script into another', () => {
    const apart = new Set([...featuresOf('cat').keys(), ...featuresOf('dog').keys()]);
    expect(new Set(featuresOf('dog, cat').keys())).toEqual(apart);
    const mixed = new Set([...featuresOf('cat').keys(), ...featuresOf('猫').keys()]);
    expect(new Set(featuresOf('cat猫').keys())).toEqual(mixed);
  });

  it('are counted, whatever text came before', () => {
    expect([...featuresOf('cat cat cat').values()]).toEqual(Array(7).fill(3));
    const many = Array.from({ length: 20_000 }, (_, n) => `w${n}`).join(' ');
    expect(featuresOf(many).size).toBeGreaterThan(60_000);
    expect([...featuresOf('cat').values()]).toEqual(Array(7).fill(1));
  });
});
