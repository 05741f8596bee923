import type { Span } from './unit.ts';

const MAX_LENGTH = 1000;
const MAX_BODILESS_LENGTH = 300;

export interface SignatureParts extends Span {
  readonly body: Span | null;
}

/** What is left out of signatures. */
export interface SignatureMarks {
  /** By where they begin. */
  readonly annotations: ReadonlyMap<number, Span>;
  /** In the order of the text. */
  readonly comments: readonly Span[];
}

/** A unit's text before its body on one line, without attributes, decorators and comments; null when nothing is there. */
export function signature(text: string, unit: SignatureParts, marks: SignatureMarks): string | null {
  const start = behindAnnotations(text, unit, marks.annotations);
  const limit = unit.body === null ? MAX_BODILESS_LENGTH : MAX_LENGTH;
  const end = Math.min(unit.body?.start ?? unit.end, start + limit);
  const line = withoutComments(text, start, end, marks.comments).replaceAll(/\s+/g, ' ').trim();
  return line.replace(/\s*(\{|=>|=|:|;)$/, '') || null;
}

/** The comments that begin in a part of a text are few: they are looked up, not gone through. */
function withoutComments(text: string, start: number, end: number, comments: readonly Span[]): string {
  let [low, high] = [0, comments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  let [kept, from] = ['', start];
  for (let comment = comments[low]; comment !== undefined && comment.start < end; comment = comments[++low]) {
    kept += `${text.slice(from, comment.start)} `;
    from = comment.end;
  }
  return kept + text.slice(from, Math.max(from, end));
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
