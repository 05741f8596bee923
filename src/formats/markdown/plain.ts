import { fromMarkdown } from 'mdast-util-from-markdown';
import { opensFence } from './fence.ts';

/** Longer texts are not parsed: it takes long, and in a fence they are as whole. */
const MAX_PARSED = 16 * 1024;

/** A line that can mean nothing but itself. */
const HARMLESS = /^[\p{L}"'(“][^\\`*_~<>[\]{}|#$%&^=:\p{C}\p{Zl}\p{Zp}]*$/u;

/**
 * A line that CommonMark can only take for text with emphasis, code and line breaks in it, if need be in a list: it begins no
 * other block, and nothing in it can be a link, an image, HTML or a definition.
 */
const PARAGRAPH = /^(?:[-*+] |\d{1,9}[.)] )?(?:[\p{L}"'(“]|\d+(?=[\p{L} ,:%/-]))[^<[\]]*$/u;

/** What Markdown beyond CommonMark would take for more than text, where it could reach beyond the section or lead nowhere. */
const BEYOND = /\[\[|%%|\$[^$]*\$|\[\^|^ {0,3}(?:<{7}|>{7}|={7}|\|{7})|^\s*[>*+\d.) \t-]{30}/m;

/** Controls, line separators, half characters, and what turns the direction of the text around it. */
const UNSEEN = /[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]--\n]/v;

const ALLOWED: ReadonlySet<string> = new Set([
  'root',
  'paragraph',
  'text',
  'emphasis',
  'strong',
  'inlineCode',
  'break',
  'list',
  'listItem',
  'blockquote',
]);

/**
 * Whether a text can stand in a page as it is: read as Markdown it is paragraphs, lists and quotes, which end with it and
 * leave alone what follows. Headings, rules, fences, HTML, images, definitions and links to other files are not: a page
 * would be divided elsewhere, or hold a link that leads nowhere. Nor is a text that begins or ends with white space.
 */
export function isPlain(content: string): boolean {
  if (content === '' || content !== content.trim() || UNSEEN.test(content) || /[ \t]$/m.test(content))
    return false;
  const lines = content.split('\n');
  if (lines.every(line => line === '' || HARMLESS.test(line))) return true;
  if (content.length > MAX_PARSED || BEYOND.test(content)) return false;
  if (lines.every(line => line === '' || PARAGRAPH.test(line))) return true;
  return !lines.some(line => opensFence(line) !== null) && isHarmless(fromMarkdown(content));
}

type Root = ReturnType<typeof fromMarkdown>;

function isHarmless(node: Root | Root['children'][number]): boolean {
  if (node.type === 'link') {
    if (!/^(?:https?|mailto):/i.test(node.url)) return false;
  } else if (!ALLOWED.has(node.type)) return false;
  return !('children' in node) || node.children.every(isHarmless);
}
