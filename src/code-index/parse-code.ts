import { type Captures, capture, type Found } from './captures.ts';
import { commentWords, docstringWords, Leads } from './doc-comment.ts';
import { CALLABLE } from './grammars/grammar.ts';
import type { LoadedGrammar } from './grammars/load.ts';
import { moduleUnit } from './module-unit.ts';
import { countBranches, type Nested, nest } from './nest.ts';
import { signature } from './signature.ts';
import type { ParsedText, ParsedUnit, Span } from './unit.ts';

/**
 * The units of a source text. What can't be parsed costs the units in it and no others. `fileName` names the unit of
 * what is outside of all others.
 */
export function parseCode(grammar: LoadedGrammar, text: string, fileName: string): ParsedText {
  const captures = capture(grammar, text);
  const leads = new Leads(text, captures.comments, captures.annotations);
  const { found, docStarts } = withLeads(captures, leads);
  const nested = nest({ ...captures, found }, text.length);
  const branches = countBranches(nested, captures.branches);
  const docstrings = new Docstrings(text, nested, captures.docstrings);
  const marks = {
    annotations: new Map(captures.annotations.map(span => [span.start, span])),
    comments: captures.comments,
  };
  const units = nested.map(
    (unit): ParsedUnit => ({
      type: unit.type,
      name: unit.qualifiedName,
      signature: signature(text, unit, marks),
      doc: docstrings.of(unit) ?? docStarts.get(unit.start)?.doc ?? null,
      content: text.slice(unit.start, unit.end),
      complexity: CALLABLE.has(unit.type) ? 1 + (branches.get(unit) ?? 0) : null,
      start: unit.start,
      end: unit.end,
    }),
  );
  const outer = nested
    .filter(({ parent }) => parent === null)
    .map(({ start, end }) => ({ start: docStarts.get(start)?.docStart ?? start, end }));
  const module = moduleUnit({
    text,
    name: fileName,
    doc: docstrings.of(null) ?? leadingComment(text, captures.comments, outer),
    units: outer,
    frames: frames(captures),
  });
  return {
    units: module === null ? units : [module, ...units],
    imports: captures.imports,
    isBroken: captures.isBroken,
  };
}

interface Docs {
  readonly docStart: number;
  readonly doc: string | null;
}

/** The units with the attributes above them, and by where they then begin their docs. */
function withLeads(
  captures: Captures,
  leads: Leads,
): { readonly found: readonly Found[]; readonly docStarts: ReadonlyMap<number, Docs> } {
  const docStarts = new Map<number, Docs>();
  const found = captures.found.map(one => {
    if (one.type === null) return one;
    const { start, docStart, doc } = leads.above(one.start);
    docStarts.set(start, { docStart, doc });
    return { ...one, start };
  });
  return { found, docStarts };
}

/** Strings that are docs, by the innermost unit around each; null stands for the file. */
class Docstrings {
  readonly #docs = new Map<Nested | null, string | null>();

  constructor(text: string, units: readonly Nested[], docstrings: readonly Span[]) {
    let next = 0;
    const open: Nested[] = [];
    for (const { start, end } of docstrings) {
      for (let unit = units[next]; unit !== undefined && unit.start <= start; unit = units[++next])
        open.push(unit);
      while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= start) open.pop();
      const owner = open.at(-1) ?? null;
      if (!this.#docs.has(owner)) this.#docs.set(owner, docstringWords(text.slice(start, end)));
    }
  }

  of(unit: Nested | null): string | null {
    return this.#docs.get(unit) ?? null;
  }
}

/** The comments that a file begins with, without the line for the shell; where a unit follows at once they are the unit's. */
function leadingComment(text: string, comments: readonly Span[], units: readonly Span[]): string | null {
  const leading: string[] = [];
  let from = text.startsWith('#!') ? text.indexOf('\n') + 1 || text.length : 0;
  for (const { start, end } of comments) {
    if (end <= from) continue;
    if (units.some(unit => unit.start <= start) || !/^\s*$/.test(text.slice(from, start))) break;
    if (leading.length > 0 && /\n\s*\n/.test(text.slice(from, start))) break;
    leading.push(text.slice(start, end).trimEnd());
    from = start + text.slice(start, end).trimEnd().length;
  }
  return commentWords(leading);
}

function frames({ frames: own, comments, found, docstrings }: Captures): readonly Span[] {
  const namespaces = found
    .filter(({ type }) => type === null)
    .flatMap(({ start, end, body }) =>
      body === null
        ? [{ start, end }]
        : [
            { start, end: body.start + 1 },
            { start: body.end - 1, end },
          ],
    );
  return [...own, ...comments, ...namespaces, ...docstrings];
}
