import type { Span } from './unit.ts';

/** What stands directly above a unit and belongs to it. */
export interface Lead {
  /** Where the unit itself begins: attributes above it are a part of it. */
  readonly start: number;
  /** Where its doc begins; `start` without one. */
  readonly docStart: number;
  /** The words of the comments; null without any. */
  readonly doc: string | null;
}

/** Finds the comments and attributes above places of one text. */
export class Leads {
  readonly #text: string;
  readonly #comments: ReadonlyMap<number, Span>;
  readonly #annotations: ReadonlyMap<number, Span>;

  constructor(text: string, comments: readonly Span[], annotations: readonly Span[]) {
    this.#text = text;
    this.#comments = byEnd(text, comments);
    this.#annotations = byEnd(text, annotations);
  }

  /**
   * Goes upwards from a unit through comments that have lines of their own, as long as no empty line comes between. A
   * comment behind other code belongs to that code.
   */
  above(unitStart: number): Lead {
    let start = unitStart;
    let docStart = unitStart;
    const texts: string[] = [];
    for (;;) {
      const end = this.#endOfTextBefore(docStart);
      if (end === null) break;
      const annotation = texts.length === 0 ? this.#annotations.get(end) : undefined;
      const comment = this.#comments.get(end);
      if (annotation !== undefined) {
        start = annotation.start;
        docStart = start;
      } else if (comment !== undefined && this.#beginsItsLine(comment.start)) {
        texts.unshift(this.#text.slice(comment.start, comment.end));
        docStart = comment.start;
      } else break;
    }
    return { start, docStart: texts.length === 0 ? start : docStart, doc: commentWords(texts) };
  }

  /** Where the text before a place ends; null when an empty line or nothing is there. */
  #endOfTextBefore(place: number): number | null {
    let newlines = 0;
    for (let at = place - 1; at >= 0; at--) {
      const character = this.#text[at] ?? '';
      if (character === '\n') newlines += 1;
      if (newlines > 1) return null;
      if (!/\s/.test(character)) return at + 1;
    }
    return null;
  }

  #beginsItsLine(place: number): boolean {
    const lineStart = this.#text.lastIndexOf('\n', place - 1) + 1;
    return this.#text.slice(lineStart, place).trim() === '';
  }
}

/** By where their text ends: some grammars count the end of the line as a part of a comment. */
function byEnd(text: string, spans: readonly Span[]): ReadonlyMap<number, Span> {
  return new Map(
    spans.map(({ start, end }) => {
      const trimmed = start + text.slice(start, end).trimEnd().length;
      return [trimmed, { start, end: trimmed }];
    }),
  );
}

/** The words of comments without their marks, of all languages here; null when nothing is left. */
export function commentWords(comments: readonly string[]): string | null {
  const words = comments
    .map(plainComment)
    .join('\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
  return /[\p{L}\p{N}]/u.test(words) ? words : null;
}

function plainComment(comment: string): string {
  const lines = comment.replaceAll('\r\n', '\n').split('\n');
  if (comment.startsWith('=begin')) return lines.slice(1, -1).join('\n');
  if (!comment.startsWith('/*'))
    return lines.map(line => line.replace(/^\s*(\/\/[/!]*|#+[!']?)[ \t]?/, '')).join('\n');
  return lines
    .map((line, n) =>
      n === 0 ? line.replace(/^\/\*[*!]*[ \t]?/, '') : line.replace(/^\s*\*(?!\/)[ \t]?|^[ \t]+/, ''),
    )
    .join('\n')
    .replace(/[ \t]*\**\*\/$/, '');
}

/** The words of a Python string that is a doc, without quotes and without the indentation of the code around it. */
export function docstringWords(literal: string): string | null {
  const inner = literal
    .replaceAll('\r\n', '\n')
    .replace(/^[a-zA-Z]*("""|'''|"|')/, '')
    .replace(/("""|'''|"|')$/, '');
  const [first = '', ...rest] = inner.split('\n');
  const indents = rest.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length);
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  const words = [first.trim(), ...rest.map(line => line.slice(Math.min(indent, line.length)).trimEnd())]
    .join('\n')
    .trim();
  return words === '' ? null : words;
}
