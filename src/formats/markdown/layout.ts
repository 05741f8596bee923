import { CATEGORIES } from '../../model/memory.ts';

/** What the front matter of the index and the list of records call the format, and its version. */
export const FORMAT = 'memport_knowledge_base';
export const VERSION = '1.0.0';
export const SCHEMA_VERSION = '3.0.0';

/** Where people enter. */
export const INDEX = 'index.md';
/** The list of what was written, last of all: hidden, since it is for programs. */
export const MANIFEST = '.memport-export.jsonl';
/** The same while pages are being put in place. Where it lies, an export did not come to its end. */
export const NEXT_MANIFEST = '.memport-export.next.jsonl';

/** The folder of what belongs to no project. */
export const GLOBAL_FOLDER = 'global';

/** Records on a page: few enough for an editor and for what a git host still renders. */
export const PAGE_RECORDS = 250;

/** Second words of the info strings of fences, by which they are told from those that a user writes. */
export const MEMORY_MARK = 'memport-memory';
export const CODE_UNIT_MARK = 'memport-code-unit';
export const GROUP_MARK = 'memport-group';
export const CONTENT_MARK = 'memport-content';

/** Begins the list of records of a single file, in a comment that ends with `-->`. */
export const RECORDS_COMMENT = '<!-- memport-records';

/** What stands together: the memories of one category of a project or of none, or the code units of a project. */
export type Group =
  | { readonly kind: 'memory'; readonly project: string | null; readonly category: string }
  | { readonly kind: 'code_unit'; readonly project: string };

/** The groups of a project in the order of the pages. */
export function groupsOf(project: string | null, code: boolean): readonly Group[] {
  const memories = CATEGORIES.map((category): Group => ({ kind: 'memory', project, category }));
  return project !== null && code ? [...memories, { kind: 'code_unit', project }] : memories;
}

/** The name of a group among those of its project; the names of its files begin so. */
export function groupName(group: Group): string {
  return group.kind === 'memory' ? group.category : 'code-units';
}

/**
 * How many records each page of a group has, the newest first. Pages fill up from the oldest record on, so that a new
 * one changes none but the first page.
 */
export function pageSizes(count: number, most: number = PAGE_RECORDS): readonly number[] {
  const full = Math.max(0, Math.ceil(count / most) - 1);
  return [count - full * most, ...Array.from({ length: full }, () => most)];
}

/** File name of a page: the first one has the group's name, the others are numbered from the oldest. */
export function pageFile(group: Group, index: number, pages: number): string {
  return index === 0 ? `${groupName(group)}.md` : `${groupName(group)}-${pages - index}.md`;
}
