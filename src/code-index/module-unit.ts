import type { ParsedUnit, Span } from './unit.ts';

export interface ModuleParts {
  readonly text: string;
  readonly name: string;
  readonly doc: string | null;
  /** The file's other units that are in no unit, with their docs, in the order of the text. */
  readonly units: readonly Span[];
  /** What says nothing by itself: imports, package clauses, comments, the braces of namespaces. */
  readonly frames: readonly Span[];
}

/**
 * The unit that stands for a file: its content is the text outside of its other units. null for a file whose other
 * units say all that it has to say.
 */
export function moduleUnit({ text, name, doc, units, frames }: ModuleParts): ParsedUnit | null {
  const rest = without(text, units);
  if (units.length > 0 && doc === null && !saysSomething(text, [...units, ...frames])) return null;
  const content =
    units.length === 0
      ? text
      : rest
          .map(part => part.trim())
          .filter(Boolean)
          .join('\n');
  return {
    type: 'module',
    name,
    signature: null,
    doc,
    content,
    complexity: null,
    start: 0,
    end: text.length,
  };
}

function saysSomething(text: string, spans: readonly Span[]): boolean {
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  return without(text, sorted).some(part => /[\p{L}\p{N}]/u.test(part));
}

/** The parts of a text between spans in their order, which may overlap. */
function without(text: string, spans: readonly Span[]): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    if (start > from) parts.push(text.slice(from, start));
    from = Math.max(from, end);
  }
  return [...parts, text.slice(from)];
}
