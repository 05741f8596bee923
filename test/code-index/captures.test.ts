import { describe, expect, it } from 'vitest';
import { capture } from '../../src/code-index/captures.ts';
import { GRAMMARS } from '../../src/code-index/grammars/index.ts';
import { type LoadedGrammar, loadGrammar } from '../../src/code-index/grammars/load.ts';

async function javascript(): Promise<LoadedGrammar> {
  const grammar = GRAMMARS.get('javascript');
  if (grammar === undefined) throw new Error('there is no grammar of JavaScript');
  return loadGrammar(grammar);
}

describe('a text that takes too long', () => {
  it.each([
    ['to parse', 'function f() {}\n'.repeat(20_000)],
    ['to query', '{\n'.repeat(20_000)],
  ])('%s is given up, and the next one is parsed as ever', async (_what, text) => {
    const grammar = await javascript();
    expect(() => capture(grammar, text, 0)).toThrow();
    expect(capture(grammar, 'function g() {}').found.map(({ name }) => name)).toEqual(['g']);
  });
});
