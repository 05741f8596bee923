import { fromMarkdown } from 'mdast-util-from-markdown';
import type { ParsedText, ParsedUnit } from './unit.ts';

type Heading = Extract<ReturnType<typeof fromMarkdown>['children'][number], { type: 'heading' }>;

interface Section {
  readonly depth: number;
  readonly title: string;
  readonly start: number;
}

/**
 * A Markdown text by its headings: a section reaches to the next heading of any depth, so that each word is in one
 * section, and its name shows the headings above it. What comes before the first heading is named after the file.
 */
export function parseMarkdown(text: string, fileName: string): ParsedText {
  const sections = headings(text);
  const first = sections[0]?.start ?? text.length;
  const units: ParsedUnit[] = [];
  if (sections.length === 0 || text.slice(0, first).trim() !== '') {
    units.push(section(text, fileName, null, 0, first));
  }
  const above: Section[] = [];
  for (const [n, current] of sections.entries()) {
    while (above.length > 0 && (above.at(-1)?.depth ?? 0) >= current.depth) above.pop();
    above.push(current);
    const name = above.map(({ title }) => title).join(' > ');
    const end = sections[n + 1]?.start ?? text.length;
    units.push(section(text, name, `${'#'.repeat(current.depth)} ${current.title}`, current.start, end));
  }
  return { units, imports: [], isBroken: false };
}

/** Headings of the document itself, not those in quotations and lists. */
function headings(text: string): readonly Section[] {
  return fromMarkdown(text).children.flatMap(node => {
    if (node.type !== 'heading' || node.position?.start.offset === undefined) return [];
    return [{ depth: node.depth, title: titleOf(text, node), start: node.position.start.offset }];
  });
}

function titleOf(text: string, heading: Heading): string {
  const [first, last] = [
    heading.children[0]?.position?.start.offset,
    heading.children.at(-1)?.position?.end.offset,
  ];
  return first === undefined || last === undefined
    ? ''
    : text.slice(first, last).replaceAll(/\s+/g, ' ').trim();
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
