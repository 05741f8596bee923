import type { JsonObject, JsonValue } from '../../model/json.ts';

const MAX_CHARACTERS = 72;
/** So much of a text is looked at for a title. */
const LOOKED_AT = 4000;
/** The usual beginning of a text: longer than a title, and nothing in it that `bare` and `visible` would touch. */
const USUAL = /^[A-Za-z0-9](?: ?[!-)+-9;-_a-~\u00c0-\u024f]){72}/;

/** A heading for a memory: the beginning of its text on one line, without what would not be seen. */
export function memoryTitle(record: JsonObject): string {
  const text = textOf(record.content).slice(0, LOOKED_AT);
  const usual = USUAL.exec(text)?.[0];
  if (usual !== undefined) return shortened(usual);
  let seen = '';
  for (const line of text.split(/[\r\n\u2028\u2029]/)) {
    const words = visible(bare(line));
    if (/[\p{L}\p{N}]/u.test(words)) return shortened(words);
    seen ||= words;
  }
  return seen === '' ? `Memory ${textOf(record.id).slice(0, 8)}` : shortened(seen);
}

/** A heading for a code unit: its name, and where it stands. */
export function codeUnitTitle(record: JsonObject): string {
  const name = visible(textOf(record.name)) || visible(textOf(record.unit_type)) || 'Code';
  const place = `${visible(textOf(record.file_path))}:${String(record.start_line)}-${String(record.end_line)}`;
  return `${shortened(name)} (${shortened(place, 100)})`;
}

/** A project's name as it may stand in a heading. */
export function projectTitle(project: string | null): string {
  if (project === null) return 'No project';
  return shortened(visible(project)) || `Project ${JSON.stringify(project)}`;
}

/**
 * Text as it is written so that Markdown shows just it: as CommonMark reads it, and without what GitHub and Obsidian know
 * beyond that (formulas, highlights, comments, tags).
 */
export function inlineText(text: string): string {
  if (!/[\\`*[\]<#~$_&=%]/.test(text)) return text;
  return text
    .replace(/[\\`*[\]<#~$]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/([=%])(?=\1)/g, '\\$1');
}

/** A line without the marks of a heading, a quote, a list, of emphasis and of code. */
function bare(line: string): string {
  return line
    .replace(/^(?:\s|>|#{1,6}(?=\s)|[-*+|](?=\s))+/, '')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/`([^`]+)`/g, '$1');
}

function visible(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cn}]+/gu, '')
      // GitHub makes pictures of these, which changes the link to the heading.
      .replace(/:([a-z+-][\w+-]*|100|1234):/gi, '$1')
      .trim()
  );
}

/** The beginning of a text, without the word that would be cut, unless that is a long one. */
function shortened(text: string, most: number = MAX_CHARACTERS): string {
  if (text.length <= most) return text;
  const start = text.slice(0, 2 * most + 2);
  // Only where it has to be taken apart: that takes longer than all the rest.
  const characters = /[\ud800-\udfff]/.test(start) ? [...start] : start;
  if (characters.length <= most) return text;
  const cut = characters.slice(0, most - 1);
  const space = cut.lastIndexOf(' ');
  let end = space >= 30 && cut.length - space <= 21 ? space : cut.length;
  while (end > 30 && cut[end - 1] === ' ') end -= 1;
  const left = cut.slice(0, end);
  return `${typeof left === 'string' ? left : left.join('')}…`;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
