import type { Heading } from '../../formats/markdown/page.ts';
import { sectionText, titleOf } from '../../formats/markdown/section.ts';
import type { Instant } from '../../model/instant.ts';
import { parseInstant } from '../../model/instant.ts';
import type { JsonValue } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Reader } from '../../store/store.ts';
import type { Meter } from '../meter.ts';
import type { RecordSet } from '../record-set.ts';
import { groupRecords } from './group-records.ts';
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
}

/** Looks through records once, a few at a time. */
export async function overviewOf(
  { reader, work }: Writing,
  kind: RecordKind,
  ids: string,
): Promise<Overview> {
  const titles: string[] = [];
  const tags = new Set<string>();
  let newest: Instant | null = null;
  for await (const records of groupRecords(reader, kind, ids, work)) {
    for (const { record } of records) {
      titles.push(titleOf(kind, record));
      for (const tag of textsOf(record.tags)) tags.add(tag);
      const date = parseInstant(String(kind === 'memory' ? record.updated_at : record.indexed_at));
      if (date !== null && (newest === null || date > newest)) newest = date;
    }
  }
  return { titles, tags, newest };
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
  output: TextOutput,
): Promise<void> {
  let isFirst = true;
  for await (const records of groupRecords(reader, kind, ids, work)) {
    for (const { line, record } of records) {
      await output.text(`${isFirst ? '' : '\n'}${sectionText(kind, record, line)}`);
      isFirst = false;
      set.add(kind, line);
    }
    meter.add(records.length);
  }
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
