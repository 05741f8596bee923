import { describe, expect, it } from 'vitest';
import { fold, MAX_READ } from '../../src/embedding/fold.ts';

describe('fold', () => {
  it.each([
    ['Docker COMPOSE', 'docker compose'],
    ['Ärger ÉTÉ', 'arger ete'],
    ['ﬁ Ⅷ ｱ', 'fi viii ア'],
    ['ＡＢＣ１２３', 'abc123'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
  ])('folds %s to %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('keeps vowels and voicing marks that tell words apart', () => {
    expect(fold('がぎ')).toBe('がぎ');
    expect(fold('ที่นี่')).toBe('ที่นี่');
    expect(fold('हिन्दी')).toBe('हिन्दी');
    expect(fold('한국어')).toBe('한국어');
  });

  it('reads at most MAX_READ, also of text that grows when folded', () => {
    expect(fold('a'.repeat(MAX_READ + 5))).toHaveLength(MAX_READ);
    expect(fold('\ufdfa'.repeat(MAX_READ))).toHaveLength(MAX_READ);
  });
});
