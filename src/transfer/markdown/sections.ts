import type { Heading } from '../../formats/markdown/page.ts';
import { lineHash, sectionText, titleOf } from '../../formats/markdown/section.ts';
import type { Instant } from '../../model/instant.ts';
import { parseInstant } from '../../model/instant.ts';
import type { JsonValue } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Reader } from '../../store/store.ts';
import type { Meter } from '../meter.ts';
import type { RecordSet } from '../record-set.ts';
import { type GroupRecord, groupRecords } from './group-records.ts';
import type { TextOutput } from './text-output.ts';

/** What an export hands around. */
export interface Writing {
  readonly reader: Reader;
  readonly set: RecordSet;
  readonly meter: Meter;
  readonly work: WorkOptions;
}

/** What has to be known of the records of a page before its first line is written. */
export interface Overview {
  readonly titles: readonly string[];
  readonly tags: ReadonlySet<string>;
  readonly newest: Instant | null;
  /** The records themselves; null where they are too large to be held, and have to be read again. */
  readonly records: readonly GroupRecord[] | null;
}

/** Of the lines of records that are held. */
const MAX_HELD = 1024 * 1024;

/** Looks through records, a few at a time. */
export async function overviewOf(
  { reader, work }: Writing,
  kind: RecordKind,
  ids: string,
): Promise<Overview> {
  const titles: string[] = [];
  const tags = new Set<string>();
  let newest: Instant | null = null;
  let held: GroupRecord[] | null = [];
  let size = 0;
  for await (const records of groupRecords(reader, kind, ids, work)) {
    for (const { record, line } of records) {
      size += line.length;
      titles.push(titleOf(kind, record));
      for (const tag of textsOf(record.tags)) tags.add(tag);
      const date = parseInstant(String(kind === 'memory' ? record.updated_at : record.indexed_at));
      if (date !== null && (newest === null || date > newest)) newest = date;
    }
    if (size > MAX_HELD) held = null;
    held?.push(...records);
  }
  return { titles, tags, newest, records: held };
}

/** Headings with the links that GitHub gives them. `slugger` knows those that stand before them on the page. */
export function headingsOf(
  titles: readonly string[],
  slugger: { slug(text: string): string },
): readonly Heading[] {
  return titles.map(title => ({ title, slug: slugger.slug(title) }));
}

/** Writes the sections of records, and takes note of what was written. */
export async function writeSections(
  { reader, set, meter, work }: Writing,
  kind: RecordKind,
  ids: string,
  { titles, records: held }: Overview,
  output: TextOutput,
): Promise<void> {
  let count = 0;
  for await (const records of held === null ? groupRecords(reader, kind, ids, work) : [held]) {
    for (const { line, record } of records) {
      const sha256 = lineHash(line);
      const section = sectionText({ kind, record, title: titles[count] ?? '', sha256 });
      await output.text(`${count === 0 ? '' : '\n'}${section}`);
      count += 1;
      set.add(kind, sha256);
    }
    meter.add(records.length);
  }
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
