/**
 * How the units of one language are found, as data. `query` is a tree-sitter query whose captures say what a node is:
 *
 * - the name of a unit type (`function`, `class`, …): a unit, with `@name`, and `@body` where one begins;
 *   `@prototype` is a function without a body, and no unit inside of another function
 * - `@namespace`: no unit, but part of the qualified names of what is in its `@body`, or in the rest of the file
 * - `@scope`: what qualifies the names inside of a unit, where that is not its own name; `@receiver`: what qualifies its own
 * - `@inner` with `@wrapper`: a unit that begins and ends where its wrapper does (`export`, decorators, templates)
 * - `@annotation`: what may stand between a doc comment and its unit, and belongs to the unit
 * - `@docstring`: a string that is the doc of the unit around it
 * - `@comment`, `@import` (its text is what is imported), `@branch` (one more path through a function), `@frame` (what
 *   says nothing by itself: package clauses and the like)
 */
export interface Grammar {
  /** The file `tree-sitter-<wasm>.wasm` of the package of grammars. */
  readonly wasm: string;
  readonly query: string;
}

/** The captures that make a unit, and the type that the unit gets. A function inside of what holds methods is a method. */
export const UNIT_TYPES: ReadonlyMap<string, string> = new Map(
  [
    'class',
    'enum',
    'function',
    'impl',
    'interface',
    'macro',
    'method',
    'module',
    'struct',
    'trait',
    'type',
    'union',
  ]
    .map((type): [string, string] => [type, type])
    .concat([['prototype', 'function']]),
);

export const HOLDS_METHODS: ReadonlySet<string> = new Set([
  'class',
  'enum',
  'impl',
  'interface',
  'struct',
  'trait',
  'union',
]);

/** Types whose branches are counted. */
export const CALLABLE: ReadonlySet<string> = new Set(['function', 'method']);
