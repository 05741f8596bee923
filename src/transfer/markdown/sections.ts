import type { Heading } from '../../formats/markdown/page.ts';
import { lineHash, sectionText, titleOf } from '../../formats/markdown/section.ts';
import type { Instant } from '../../model/instant.ts';
import { parseInstant } from '../../model/instant.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
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
  /** The sections themselves; null where they are too large to be held, and have to be made again. */
  readonly sections: readonly Sections[] | null;
}

/** Some sections that follow each other. */
interface Sections {
  readonly text: Buffer;
  /** For each record the lineHash. */
  readonly hashes: readonly string[];
}

/** Of sections that are held. */
const MAX_HELD = 1024 * 1024;

/** The headings of records. */
export async function titlesOf(
  { reader, work }: Writing,
  kind: RecordKind,
  ids: string,
): Promise<readonly string[]> {
  const titles: string[] = [];
  for await (const records of groupRecords(reader, kind, ids, work))
    for (const { record } of records) titles.push(titleOf(kind, record));
  return titles;
}

/** Looks through records, a few at a time. */
export async function overviewOf(
  { reader, work }: Writing,
  kind: RecordKind,
  ids: string,
): Promise<Overview> {
  const titles: string[] = [];
  const tags = new Set<string>();
  let newest: Instant | null = null;
  let held: readonly Sections[] | null = [];
  let size = 0;
  for await (const records of groupRecords(reader, kind, ids, work)) {
    const first = titles.length;
    for (const { record } of records) {
      titles.push(titleOf(kind, record));
      for (const tag of textsOf(record.tags)) tags.add(tag);
      newest = later(newest, dateOf(kind, record));
    }
    if (held === null) continue;
    const made = sectionsOf(kind, records, titles, first);
    size += made.text.length;
    held = size > MAX_HELD ? null : [...held, made];
  }
  return { titles, tags, newest, sections: held };
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
  { titles, sections }: Overview,
  output: TextOutput,
): Promise<void> {
  for await (const { text, hashes } of sections ?? madeAgain()) {
    await output.bytes(text);
    for (const sha256 of hashes) set.add(kind, sha256);
    meter.add(hashes.length);
  }

  async function* madeAgain(): AsyncGenerator<Sections> {
    let count = 0;
    for await (const records of groupRecords(reader, kind, ids, work)) {
      yield sectionsOf(kind, records, titles, count);
      count += records.length;
    }
  }
}

/** The sections of records, of which the first is that of number `first` on its page. */
function sectionsOf(
  kind: RecordKind,
  records: readonly GroupRecord[],
  titles: readonly string[],
  first: number,
): Sections {
  const hashes = records.map(({ line }) => lineHash(line));
  const texts = records.map(({ record }, i) =>
    sectionText({ kind, record, title: titles[first + i] ?? '', sha256: hashes[i] ?? '' }),
  );
  return { text: Buffer.from(`${first === 0 ? '' : '\n'}${texts.join('\n')}`), hashes };
}

function dateOf(kind: RecordKind, record: JsonObject): Instant | null {
  return parseInstant(String(kind === 'memory' ? record.updated_at : record.indexed_at));
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
