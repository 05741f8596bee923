import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Parser, Query } from 'web-tree-sitter';
import type { Grammar } from './grammar.ts';

/** What parses one language: both keep memory of the WASM side for good, so there is one of each. */
export interface LoadedGrammar {
  readonly parser: Parser;
  readonly query: Query;
}

let runtime: ReturnType<typeof start> | null = null;
const LOADED = new Map<string, Promise<LoadedGrammar>>();

/** Loads a grammar when the first file asks for it; megabytes of WASM each. */
export function loadGrammar(grammar: Grammar): Promise<LoadedGrammar> {
  const loaded = LOADED.get(grammar.wasm) ?? load(grammar);
  LOADED.set(grammar.wasm, loaded);
  return loaded;
}

async function load({ wasm, query }: Grammar): Promise<LoadedGrammar> {
  runtime ??= start();
  const { Language, Parser, Query } = await runtime;
  const path = createRequire(import.meta.url).resolve(
    `@vscode/tree-sitter-wasm/wasm/tree-sitter-${wasm}.wasm`,
  );
  const language = await Language.load(await readFile(path));
  return { parser: new Parser().setLanguage(language), query: new Query(language, query) };
}

async function start(): Promise<typeof import('web-tree-sitter')> {
  const treeSitter = await import('web-tree-sitter');
  await treeSitter.Parser.init();
  return treeSitter;
}
