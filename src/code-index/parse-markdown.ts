import { type MarkdownHeading, markdownHeadings } from './markdown-headings.ts';
import type { ParsedText, ParsedUnit } from './unit.ts';

/**
 * A Markdown text by its headings: a section reaches to the next heading of any depth, so that each word is in one
 * section, and its name shows the headings above it. What comes before the first heading is named after the file.
 */
export function parseMarkdown(text: string, fileName: string): ParsedText {
  const headings = markdownHeadings(text);
  const first = headings[0]?.start ?? text.length;
  const units: ParsedUnit[] = [];
  if (headings.length === 0 || text.slice(0, first).trim() !== '') {
    units.push(section(text, fileName, null, 0, first));
  }
  const above: MarkdownHeading[] = [];
  for (const [n, heading] of headings.entries()) {
    while ((above.at(-1)?.depth ?? 0) >= heading.depth) above.pop();
    above.push(heading);
    const name = above.map(({ title }) => title).join(' > ');
    const end = headings[n + 1]?.start ?? text.length;
    units.push(section(text, name, `${'#'.repeat(heading.depth)} ${heading.title}`, heading.start, end));
  }
  return { units, imports: [], isBroken: false };
}

function section(
  text: string,
  name: string,
  signature: string | null,
  start: number,
  end: number,
): ParsedUnit {
  const length = text.slice(start, end).trimEnd().length;
  const content = text.slice(start, start + length);
  return {
    type: 'section',
    name,
    signature,
    doc: null,
    content,
    complexity: null,
    start,
    end: start + length,
  };
}
