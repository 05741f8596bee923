import type { Span } from './unit.ts';

const MAX_LENGTH = 1000;
const MAX_BODILESS_LENGTH = 300;

export interface SignatureParts extends Span {
  readonly body: Span | null;
}

/** A unit's text before its body on one line, without attributes and decorators; null when nothing is there. */
export function signature(
  text: string,
  unit: SignatureParts,
  annotations: ReadonlyMap<number, Span>,
): string | null {
  const start = behindAnnotations(text, unit, annotations);
  const limit = unit.body === null ? MAX_BODILESS_LENGTH : MAX_LENGTH;
  const end = Math.min(unit.body?.start ?? unit.end, start + limit);
  const line = text.slice(start, end).replaceAll(/\s+/g, ' ').trim();
  return line.replace(/\s*(\{|=>|=|:|;)$/, '') || null;
}

function behindAnnotations(
  text: string,
  unit: SignatureParts,
  annotations: ReadonlyMap<number, Span>,
): number {
  for (let start = unit.start; ; ) {
    const annotation = annotations.get(start);
    if (annotation === undefined || annotation.end >= unit.end) return start;
    start = annotation.end;
    while (start < unit.end && /\s/.test(text[start] ?? '')) start += 1;
  }
}
