import { closesFence, fenced, opensFence } from './fence.ts';
import { jsonText } from './json-text.ts';
import { CONTENT_MARK } from './layout.ts';
import { isPlain } from './plain.ts';

/** Characters that do not survive in a text file, or that an editor does not show: such a text is written as JSON strings. */
const UNWRITABLE = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff]/u;

/** How a content stands in its fence: as it is; with line ends that were CRLF; as JSON strings, one for each line. */
type Form = 'verbatim' | 'crlf' | 'strings';

/**
 * A content as it stands in a section: as it is, where it can't break the page and no language is given; else in a fence
 * longer than any in it; as JSON strings where a text file could not hold it. `readContent` gives back just this content.
 */
export function contentBlock(content: string, language: string | null): string {
  if (language === null && isPlain(content)) return content;
  const info = `${language ?? 'text'} ${CONTENT_MARK}`;
  if (!UNWRITABLE.test(content)) return fenced(info, content);
  const text = content.replaceAll('\r\n', '\n');
  if (text.replaceAll('\n', '\r\n') === content && !UNWRITABLE.test(text))
    return fenced(`${info} crlf`, text);
  const strings = content.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return fenced(`json ${CONTENT_MARK} strings`, strings.map(jsonText).join('\n'));
}

/** What stands in a section after its metadata: the content, or what is wrong with it and in which of its lines. */
export type ReadContent = { readonly content: string } | { readonly wrong: string; readonly line: number };

/** Reads a content back from the lines of a section that follow the metadata. */
export function readContent(lines: readonly string[]): ReadContent {
  const start = lines.findIndex(line => !isBlank(line));
  if (start === -1) return { content: '' };
  const fence = opensFence(lines[start] ?? '');
  const form = fence === null ? null : formOf(fence.info);
  if (fence === null || form === null) {
    const end = lines.findLastIndex(line => !isBlank(line));
    return { content: lines.slice(start, end + 1).join('\n') };
  }
  const end = lines.findIndex((line, i) => i > start && closesFence(line, fence));
  if (end === -1) return { wrong: 'the fence of the content is not closed', line: start };
  const after = lines.findIndex((line, i) => i > end && !isBlank(line));
  if (after !== -1)
    return { wrong: 'there is text behind the fence of the content; put it inside', line: after };
  return textOf(lines.slice(start + 1, end), form, start + 1);
}

function textOf(lines: readonly string[], form: Form, first: number): ReadContent {
  if (form === 'verbatim') return { content: lines.join('\n') };
  if (form === 'crlf') return { content: lines.join('\r\n') };
  let content = '';
  for (const [i, line] of lines.entries()) {
    if (isBlank(line)) continue;
    const text = stringOf(line);
    if (text === null) return { wrong: 'a line of the content is no JSON string', line: first + i };
    content += text;
  }
  return { content };
}

function formOf(info: string): Form | null {
  const words = info.split(/[ \t]+/);
  const at = words.indexOf(CONTENT_MARK);
  if (at === -1 || at > 1) return null;
  const word = words[at + 1];
  return word === 'crlf' || word === 'strings' ? word : 'verbatim';
}

function stringOf(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}
