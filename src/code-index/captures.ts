import type { Node, QueryCapture } from 'web-tree-sitter';
import { UNIT_TYPES } from './grammars/grammar.ts';
import type { LoadedGrammar } from './grammars/load.ts';
import type { Span } from './unit.ts';

/** A unit or namespace before its place among the others is known. */
export interface Found extends Span {
  /** null for a namespace. */
  readonly type: string | null;
  readonly isPrototype: boolean;
  readonly name: string;
  /** What qualifies the names inside of it; null: its name. */
  readonly scope: string | null;
  readonly receiver: string | null;
  readonly body: Span | null;
}

/** What the query of a grammar found in a text, each list in the order of the text. */
export interface Captures {
  readonly found: readonly Found[];
  readonly comments: readonly Span[];
  readonly annotations: readonly Span[];
  readonly docstrings: readonly Span[];
  readonly frames: readonly Span[];
  /** Where branches begin. */
  readonly branches: readonly number[];
  readonly imports: readonly string[];
  readonly isBroken: boolean;
}

type Named = ReadonlyMap<string, Node>;

/** A file of a mebibyte takes a second. Hundreds of thousands of brackets in each other take the query hours. */
const MAX_MS = 10_000;

/** Parses a text and collects what the grammar's query says of it. Frees the tree. Throws when it takes too long. */
export function capture({ parser, query }: LoadedGrammar, text: string, maxMs = MAX_MS): Captures {
  const end = performance.now() + maxMs;
  let isLate = false;
  const progressCallback = (): boolean => {
    isLate ||= performance.now() >= end;
    return isLate;
  };
  const tree = parser.parse(text, null, { progressCallback });
  if (tree === null) {
    // Or the next text would be taken for the rest of this one.
    parser.reset();
    throw new Error('the parser gave up');
  }
  try {
    const collector = new Collector();
    const matches = query.matches(tree.rootNode, { progressCallback });
    if (isLate) throw new Error('the text takes too long to parse');
    for (const { captures, patternIndex } of matches) collector.add(byName(captures), patternIndex);
    return collector.finish(tree.rootNode.hasError);
  } finally {
    tree.delete();
  }
}

function byName(captures: readonly QueryCapture[]): Named {
  return new Map(captures.map(({ name, node }) => [name, node]));
}

class Collector {
  readonly #found = new Map<number, Found & { readonly pattern: number; readonly node: number }>();
  readonly #wrappers = new Map<number, { readonly id: number; readonly span: Span }>();
  readonly #spans = {
    comment: new Map<number, Span>(),
    annotation: new Map<number, Span>(),
    docstring: new Map<number, Span>(),
    frame: new Map<number, Span>(),
    branch: new Map<number, Span>(),
  };
  readonly #imports = new Set<string>();

  add(named: Named, pattern: number): void {
    this.#addUnit(named, pattern);
    const [inner, wrapper] = [named.get('inner'), named.get('wrapper')];
    if (inner && wrapper) this.#wrappers.set(inner.id, { id: wrapper.id, span: spanOf(wrapper) });
    const imported = named.get('import');
    if (imported) this.#imports.add(imported.text.replaceAll(/^["'<]|["'>]$/g, '').replaceAll(/\s+/g, ' '));
    for (const [name, spans] of Object.entries(this.#spans)) {
      const node = named.get(name);
      if (node) spans.set(node.id, spanOf(node));
    }
  }

  finish(isBroken: boolean): Captures {
    const found = [...this.#found.values()].map(one => ({ ...one, ...this.#wrapped(one.node, one) }));
    const { comment, annotation, docstring, frame, branch } = this.#spans;
    return {
      found: found.sort(inOrder),
      comments: [...comment.values()].sort(inOrder),
      annotations: [...annotation.values()].sort(inOrder),
      docstrings: [...docstring.values()].sort(inOrder),
      frames: [...frame.values()].sort(inOrder),
      branches: [...branch.values()].map(({ start }) => start).sort((a, b) => a - b),
      imports: [...this.#imports],
      isBroken,
    };
  }

  /** Of two patterns for one node the first counts. */
  #addUnit(named: Named, pattern: number): void {
    for (const [name, node] of named) {
      const type = UNIT_TYPES.get(name) ?? null;
      if (type === null && name !== 'namespace') continue;
      const other = this.#found.get(node.id);
      if (other && other.pattern <= pattern) continue;
      const body = named.get('body');
      this.#found.set(node.id, {
        ...spanOf(node),
        ...namesOf(named),
        type,
        isPrototype: name === 'prototype',
        receiver: bareType(named.get('receiver')?.text ?? null),
        body: body ? spanOf(body) : null,
        pattern,
        node: node.id,
      });
    }
  }

  /** Wrappers may be wrapped: a decorated class that is exported. */
  #wrapped(id: number, span: Span): Span {
    const wrapper = this.#wrappers.get(id);
    return wrapper === undefined
      ? { start: span.start, end: span.end }
      : this.#wrapped(wrapper.id, wrapper.span);
  }
}

function inOrder(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end;
}

function spanOf(node: Node): Span {
  return { start: node.startIndex, end: node.endIndex };
}

/** An implementation has no name: it is called by what it is for. */
function namesOf(named: Named): { readonly name: string; readonly scope: string | null } {
  const name = named.get('name');
  const scope = named.get('scope')?.text ?? null;
  if (name) return { name: plainName(name.text), scope: bareType(scope) };
  if (scope === null) return { name: '', scope: null };
  const trait = named.get('trait_name')?.text;
  const subject = scope.replaceAll(/\s+/g, ' ');
  return { name: trait ? `impl ${trait} for ${subject}` : `impl ${subject}`, scope: bareType(scope) };
}

/** One way of writing for all languages: dots between the parts, no quotes, no parameters. */
function plainName(text: string): string {
  const bare = text.replaceAll(/^["']|["']$/g, '').replaceAll(/\s+/g, ' ');
  const name = bare.startsWith('operator') ? bare : bare.replace(/\(.*$/, '');
  return name.replace(/\s*\(\).*$/, '').replaceAll(/::|\\/g, '.');
}

/** `*Server[T]` and `Server<T>` are both Server. */
function bareType(text: string | null): string | null {
  if (text === null) return null;
  const bare = text.replace(/^[&*\s]+/, '').replace(/[[<].*$/s, '');
  return bare.replaceAll('::', '.').trim() || text;
}
