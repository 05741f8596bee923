/** A heading of a Markdown document. */
export interface MarkdownHeading {
  /** 1 to 6. */
  readonly depth: number;
  readonly title: string;
  /** Where its line begins, in UTF-16 code units. */
  readonly start: number;
}

const HASHES = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
/** Longer lines are no headings. */
const MAX_LINE = 1000;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
/** Lines that a heading by underline can't be made of: a list, a quotation, code by indentation, HTML, a table. */
const NO_PARAGRAPH = /^(?: {4}|\t| {0,3}(?:[-*+>|<]|\d+[.)]))/;

/**
 * The headings of a Markdown document, by hashes and by underlines, outside of code, comments and front matter, as
 * CommonMark has them at the top level. Line by line, because a whole parser takes minutes for a file of nothing but nesting.
 */
export function markdownHeadings(text: string): readonly MarkdownHeading[] {
  const found: MarkdownHeading[] = [];
  const literal = new Literal();
  let paragraph: Line | null = null;
  for (let start = frontMatterEnd(text); start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line: Line = { text: text.slice(start, end).replace(/\r$/, ''), start };
    const heading: MarkdownHeading | null = literal.takes(line.text) ? null : headingOf(line, paragraph);
    if (heading !== null) found.push(heading);
    const ends: boolean =
      heading !== null || literal.took || line.text.trim() === '' || NO_PARAGRAPH.test(line.text);
    // Of several lines of a paragraph the first begins the heading.
    paragraph = ends ? null : (paragraph ?? line);
    start = end + 1;
  }
  return found;
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/** Follows fences and comments, in which nothing is a heading. */
class Literal {
  #fence = '';
  #inComment = false;
  /** Whether it took the last line. */
  took = false;

  /** Whether a line is in a fence or a comment, or begins or ends one. Told of all lines in order. */
  takes(line: string): boolean {
    this.took = this.#takes(line);
    return this.took;
  }

  #takes(line: string): boolean {
    const mark = FENCE.exec(line);
    if (this.#fence !== '') {
      if (closes(mark, this.#fence)) this.#fence = '';
      return true;
    }
    if (this.#inComment || line.startsWith('<!--')) {
      this.#inComment = !line.includes('-->');
      return true;
    }
    const [, marks = '', rest = ''] = mark ?? [];
    if (mark === null || (marks.startsWith('`') && rest.includes('`'))) return false;
    this.#fence = marks;
    return true;
  }
}

function headingOf(line: Line, paragraph: Line | null): MarkdownHeading | null {
  if (line.text.length > MAX_LINE) return null;
  const hashes = HASHES.exec(line.text);
  if (hashes !== null)
    return { depth: hashes[1]?.length ?? 1, title: (hashes[2] ?? '').trim(), start: line.start };
  const underline = UNDERLINE.exec(line.text)?.[1];
  if (underline === undefined || paragraph === null) return null;
  const title = paragraph.text.trim().slice(0, MAX_LINE);
  return { depth: underline.startsWith('=') ? 1 : 2, title, start: paragraph.start };
}

/** A fence is closed by one of its own kind that is as long and has no words. */
function closes(mark: RegExpExecArray | null, fence: string): boolean {
  const [, marks = '', rest = ''] = mark ?? [];
  return marks.startsWith(fence) && rest.trim() === '';
}

/** YAML between lines of dashes at the very beginning. */
function frontMatterEnd(text: string): number {
  const found = /^---\r?\n/.exec(text);
  if (found === null) return 0;
  const end = /\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text.slice(found[0].length - 1));
  return end === null ? 0 : found[0].length - 1 + end.index + end[0].length;
}
