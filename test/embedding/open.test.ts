import { describe, expect, it } from 'vitest';
import { HASHING_MODEL } from '../../src/embedding/hashing.ts';
import { openEmbedder } from '../../src/embedding/open.ts';

describe('openEmbedder', () => {
  it('opens what the configuration names', () => {
    expect(openEmbedder('hashing')?.model).toBe(HASHING_MODEL);
    expect(openEmbedder('none')).toBeNull();
  });
});
