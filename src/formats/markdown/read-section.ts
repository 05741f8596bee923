import { codeUnitRecord } from '../../model/code-unit.ts';
import { derivedId } from '../../model/id.ts';
import { contentHash } from '../../model/identity.ts';
import { advance, formatInstant, type Instant } from '../../model/instant.ts';
import { type JsonObject, withKeys } from '../../model/json.ts';
import { readCodeUnit } from '../../model/read-code-unit.ts';
import { RecordError } from '../../model/read-fields.ts';
import { readMemory } from '../../model/read-memory.ts';
import { codeUnitEntry, type Entry, memoryEntry, type RecordKind } from '../../model/record.ts';
import { readContent } from './content-block.ts';
import { closesFence, opensFence } from './fence.ts';
import { CODE_UNIT_MARK, MEMORY_MARK } from './layout.ts';
import { readYaml, YamlError } from './read-yaml.ts';
import { lineHash } from './section.ts';
import { codeUnitTitle, inlineText, memoryTitle } from './title.ts';

/** What a section without metadata of its own has from the page that it stands on. */
export interface Surroundings {
  readonly project: string | null;
  readonly category: string | null;
  /** The date of the export, or null where the page does not say. */
  readonly generated: Instant | null;
  /** The date of a new memory where the page has none. */
  readonly fallback: Instant;
}

export interface ReadSection {
  readonly kind: RecordKind;
  readonly entry: Entry;
  /** The hash that it was written with, and that it has still, unless it was edited; null for one without. */
  readonly sha256: string | null;
  /** Whether it says something else than it was written with; null where that can't be told. */
  readonly isEdited: boolean | null;
  readonly warnings: readonly string[];
}

/** A section that holds no record that can be told; `line` counts from 0 within it. */
export class SectionError extends Error {
  readonly line: number;
  readonly id: string | null;

  constructor(message: string, line: number, id: string | null = null) {
    super(message);
    this.line = line;
    this.id = id;
  }
}

/**
 * Reads a section. One whose record is not the one that it was written with was edited: it gets a date just after the
 * export or its own, whichever is later. One without an id is a new memory; its id follows from what it says, so that it
 * comes in once. Throws SectionError for what can't be read, and for what would be guesswork.
 */
export function readSection(text: string, around: Surroundings): ReadSection {
  const lines = text.split('\n');
  const block = metadataOf(lines);
  const { kind } = block;
  const id = typeof block.fields.id === 'string' ? block.fields.id : null;
  refuseDamage(lines, block.end + 1, id);
  const read = readContent(lines.slice(block.end + 1));
  if ('wrong' in read) throw new SectionError(read.wrong, block.end + 1 + read.line, id);
  if (Object.hasOwn(block.fields, 'content'))
    throw new SectionError('the content stands below the metadata, not in it', block.start, id);
  const isNew = block.fields.id === undefined || block.fields.id === null;
  const content = isNew ? newContent(headingOf(lines[0] ?? ''), read.content) : read.content;
  const fields = { ...block.fields, content };
  const value = isNew ? withKeys(inherited(kind, around), fields) : fields;
  const { entry, warnings } = attempt(
    () => (isNew ? newEntry(kind, value) : entryOf(kind, value)),
    block.start,
    id,
  );
  const { sha256 } = block;
  if (isNew || sha256 === null)
    return { kind, entry, sha256: null, isEdited: isNew ? false : null, warnings };
  if (lineHash(entry.line) !== sha256) {
    const edited = attempt(() => dated(entry, around.generated), block.start, id);
    return { kind, entry: edited, sha256, isEdited: true, warnings };
  }
  const isRetitled = headingOf(lines[0] ?? '') !== inlineText(titleOfEntry(entry));
  const note = 'a heading was changed; it is made from the content, so the change was left out';
  return { kind, entry, sha256, isEdited: false, warnings: isRetitled ? [...warnings, note] : warnings };
}

interface Metadata {
  readonly kind: RecordKind;
  readonly fields: JsonObject;
  readonly sha256: string | null;
  /** Lines of the section in which its fence begins and ends. */
  readonly start: number;
  readonly end: number;
}

const MARKS: Readonly<Record<string, RecordKind>> = {
  [MEMORY_MARK]: 'memory',
  [CODE_UNIT_MARK]: 'code_unit',
};

function metadataOf(lines: readonly string[]): Metadata {
  const start = lines.findIndex((line, i) => i > 0 && line.trim() !== '');
  const mark = start === -1 ? null : markOf(lines[start] ?? '');
  if (mark === null) return { kind: 'memory', fields: {}, sha256: null, start: 0, end: 0 };
  const fence = opensFence(lines[start] ?? '');
  const end = fence === null ? -1 : lines.findIndex((line, i) => i > start && closesFence(line, fence));
  if (end === -1) throw new SectionError('the fence of the metadata is not closed', start);
  try {
    const fields = readYaml(lines.slice(start + 1, end).join('\n'));
    return { ...mark, fields, start, end };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new SectionError(`the metadata can't be read: ${error.message}`, start + 1 + error.line);
  }
}

function markOf(line: string): { readonly kind: RecordKind; readonly sha256: string | null } | null {
  const [, mark = '', more = ''] = opensFence(line)?.info.split(/[ \t]+/) ?? [];
  const kind = Object.hasOwn(MARKS, mark) ? MARKS[mark] : undefined;
  if (kind === undefined) return null;
  return { kind, sha256: /^sha256=([0-9a-f]{64})$/.exec(more)?.[1] ?? null };
}

/** Refuses what shows that two sections have run into each other, or that a merge was not finished. */
function refuseDamage(lines: readonly string[], from: number, id: string | null): void {
  const fence = opensFence(lines.slice(from).find(line => line.trim() !== '') ?? '');
  if (fence?.info.includes('memport-content')) return;
  refuseMetadata(lines, from, id);
  const conflict = lines.findIndex((line, i) => i >= from && /^(?:<{7}|>{7}) /.test(line));
  if (conflict !== -1) throw new SectionError('a conflict of a merge that was not resolved', conflict, id);
}

/** Refuses metadata where none can be: the heading that they belong to was removed. */
export function refuseMetadata(lines: readonly string[], from: number, id: string | null = null): void {
  const found = lines.findIndex((line, i) => i >= from && markOf(line) !== null);
  if (found !== -1) throw new SectionError('metadata of a memory without a heading before them', found, id);
}

/** The text of a heading as it was written, without its marks. */
function headingOf(line: string): string {
  const text = line.replace(/^ {0,3}#{1,6}(?=[ \t]|$)/, '').trim();
  let end = text.length;
  while (text[end - 1] === '#') end -= 1;
  const isClosed = end < text.length && (end === 0 || /[ \t]/.test(text[end - 1] ?? ''));
  return isClosed ? text.slice(0, end).trimEnd() : text;
}

/** What someone writes above a text belongs to it, unless the text begins with it. */
function newContent(heading: string, body: string): string {
  const title = heading.replace(/\\([!-/:-@[-`{-~])/g, '$1');
  if (title === '' || beginsWith(body, title) || beginsWith(body, heading)) return body;
  // A copied section: its heading was made from the text.
  if (heading === inlineText(memoryTitle({ content: body }))) return body;
  return body === '' ? title : `${title}\n\n${body}`;
}

function beginsWith(text: string, words: string): boolean {
  return text.startsWith(words) && !/^[\p{L}\p{N}]/u.test(text.slice(words.length));
}

function inherited(kind: RecordKind, around: Surroundings): JsonObject {
  if (kind === 'code_unit') return {};
  const { generated, fallback } = around;
  return {
    ...(around.category !== null && { category: around.category }),
    ...(around.project !== null && { project_name: around.project }),
    created_at: formatInstant(generated === null ? fallback : advance(generated, generated)),
    provenance: { source: 'user_explicit' },
  };
}

function newEntry(
  kind: RecordKind,
  value: JsonObject,
): { readonly entry: Entry; readonly warnings: readonly string[] } {
  if (kind === 'code_unit') throw new RecordError('a code unit without an id; only memories can be new');
  if (value.scope === undefined && typeof value.project_name === 'string')
    return newEntry(kind, withKeys(value, { scope: 'project' }));
  const draft = entryOf(kind, withKeys(value, { id: derivedId('markdown') }));
  const id = derivedId(`markdown:${contentHash(draft.entry)}`);
  return entryOf(kind, withKeys(value, { id }));
}

function entryOf(
  kind: RecordKind,
  value: JsonObject,
): { readonly entry: Entry; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const context = { system: 'memport', warn: (warning: string) => void warnings.push(warning) };
  const entry =
    kind === 'memory'
      ? memoryEntry(readMemory(value, context), null)
      : codeUnitEntry(readCodeUnit(value, context), null);
  return { entry, warnings };
}

/** The edited record with a date just after the export or its own, whichever is later: the same however often it is read. */
function dated(entry: Entry, generated: Instant | null): Entry {
  const own = entry.kind === 'memory' ? entry.record.updatedAt : entry.record.indexedAt;
  const later = generated !== null && generated > own ? generated : own;
  const date = advance(later, later);
  return entry.kind === 'memory'
    ? memoryEntry({ ...entry.record, updatedAt: date }, null)
    : codeUnitEntry({ ...entry.record, indexedAt: date }, null);
}

function titleOfEntry(entry: Entry): string {
  if (entry.kind === 'code_unit') return codeUnitTitle(codeUnitRecord(entry.record));
  return memoryTitle({ id: entry.record.id, content: entry.record.content });
}

function attempt<T>(work: () => T, line: number, id: string | null): T {
  try {
    return work();
  } catch (error) {
    // RangeError: a record that is larger than records may be.
    if (!(error instanceof RecordError) && !(error instanceof RangeError)) throw error;
    throw new SectionError(error.message, line, id);
  }
}
