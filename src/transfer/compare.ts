import type { WorkOptions } from '../model/progress.ts';
import { type Project, type ProjectSummary, projectLine } from '../model/project.ts';
import type { RecordKind } from '../model/record.ts';
import type { Tombstone } from '../model/tombstone.ts';
import { sameVector } from '../model/vector.ts';
import type { Reader } from '../store/store.ts';
import { type OrderedLine, type OrderedRecords, recordsOfStore, vectorsOf } from './ordered-records.ts';

export interface Difference {
  readonly type: 'added' | 'changed' | 'removed';
  readonly id: string;
  /** What is to stand there; null for what is removed. */
  readonly now: OrderedLine | null;
}

/** Differences of records that follow each other, in ascending order of id, and how many were equal in between. */
export interface Comparison {
  readonly differences: readonly Difference[];
  readonly unchanged: number;
}

export interface CompareOptions extends WorkOptions {
  /** Whether another own vector makes a record another. */
  readonly vectors: boolean;
}

const BATCH = 250;
const BATCH_SIZE = 2 * 1024 * 1024;
const TOMBSTONE_PAGE = 1000;

/**
 * What it takes to make the records of `before` those of `after`, by walking through both in the order of ids: memory
 * stays flat. What was reported may be changed in `before` while the walk goes on.
 */
export async function* compareRecords(
  before: Reader,
  after: OrderedRecords,
  kind: RecordKind,
  options: CompareOptions,
): AsyncGenerator<Comparison> {
  await using left = new Cursor(recordsOfStore(before).pages(kind, options));
  await using right = new Cursor(after.pages(kind, options));
  let batch = new Batch();
  for (;;) {
    const old = left.isReady ? left.head : await left.next();
    const now = right.isReady ? right.head : await right.next();
    if (old === null && now === null) break;
    batch.add(old, now);
    if (old !== null && (now === null || old.id <= now.id)) left.advance();
    if (now !== null && (old === null || now.id <= old.id)) right.advance();
    if (!batch.isFull) continue;
    yield await batch.compare(before, after, kind, options);
    batch = new Batch();
  }
  yield await batch.compare(before, after, kind, options);
}

/** One walk in pages, with a look at what comes next. */
class Cursor<T> implements AsyncDisposable {
  readonly #pages: AsyncIterator<readonly T[]>;
  #page: readonly T[] = [];
  #at = 0;
  #ended = false;

  constructor(pages: AsyncIterable<readonly T[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Whether `head` is known without waiting, as most are: a promise for each record would take its time. */
  get isReady(): boolean {
    return this.#ended || this.#at < this.#page.length;
  }

  /** null at the end. */
  get head(): T | null {
    return this.#page[this.#at] ?? null;
  }

  /** The head, for which a page is read where needed. */
  async next(): Promise<T | null> {
    while (!this.isReady) {
      const next = await this.#pages.next();
      if (next.done) this.#ended = true;
      else [this.#page, this.#at] = [next.value, 0];
    }
    return this.head;
  }

  advance(): void {
    this.#at += 1;
  }

  /** Ends a walk that may not be at its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pages.return?.();
  }
}

interface Found {
  readonly type: Difference['type'] | 'same line';
  readonly id: string;
  readonly now: OrderedLine | null;
}

class Batch {
  readonly #found: Found[] = [];
  #size = 0;

  get isFull(): boolean {
    return this.#found.length >= BATCH || this.#size >= BATCH_SIZE;
  }

  /** The heads of both sides, of which the one with the lower id counts. */
  add(old: OrderedLine | null, now: OrderedLine | null): void {
    if (old !== null && (now === null || old.id < now.id))
      this.#found.push({ type: 'removed', id: old.id, now: null });
    else if (now !== null && (old === null || now.id < old.id)) this.#add('added', now);
    else if (old !== null && now !== null) this.#add(old.line === now.line ? 'same line' : 'changed', now);
  }

  #add(type: Found['type'], now: OrderedLine): void {
    this.#found.push({ type, id: now.id, now });
    this.#size += now.line.length + 4 * (now.dimensions ?? 0);
  }

  async compare(
    before: Reader,
    after: OrderedRecords,
    kind: RecordKind,
    { vectors }: CompareOptions,
  ): Promise<Comparison> {
    const alike = this.#found.flatMap(({ type, now }) => (type === 'same line' && now !== null ? now : []));
    const others = vectors && alike.length > 0 ? await otherVectors(before, after, kind, alike) : NONE;
    const differences = this.#found.flatMap(({ type, id, now }): Difference[] => {
      if (type !== 'same line') return [{ type, id, now }];
      return others.has(id) ? [{ type: 'changed', id, now }] : [];
    });
    return { differences, unchanged: this.#found.length - differences.length };
  }
}

const NONE: ReadonlySet<string> = new Set();

async function otherVectors(
  before: Reader,
  after: OrderedRecords,
  kind: RecordKind,
  lines: readonly OrderedLine[],
): Promise<ReadonlySet<string>> {
  const ids = lines.map(({ id }) => id);
  const old = new Map((await before.get(kind, ids)).map(({ id, vector }) => [id, vector]));
  const now = await vectorsOf(after, kind, lines);
  return new Set(
    [...now].filter(([id, vector]) => !sameVector(old.get(id) ?? null, vector)).map(([id]) => id),
  );
}

/** A kind and id under which two readers have different tombstones, or only one has one. */
export interface TombstoneDifference {
  readonly before: Tombstone | null;
  readonly after: Tombstone | null;
}

/** As compareRecords, for tombstones. */
export async function* compareTombstones(
  before: Reader,
  after: Reader,
  { signal }: WorkOptions,
): AsyncGenerator<TombstoneDifference> {
  await using left = new Cursor(tombstonePages(before, signal));
  await using right = new Cursor(tombstonePages(after, signal));
  for (;;) {
    const [old, now] = [await left.next(), await right.next()];
    if (old === null && now === null) return;
    const order = compareText(place(old), place(now));
    if (order <= 0) left.advance();
    if (order >= 0) right.advance();
    if (order < 0) yield { before: old, after: null };
    else if (order > 0) yield { before: null, after: now };
    else if (old?.deletedAt !== now?.deletedAt || old?.contentHash !== now?.contentHash)
      yield { before: old, after: now };
  }
}

/** What sorts after every place stands for the end. */
function place(tombstone: Tombstone | null): string {
  return tombstone === null ? '~' : `${tombstone.kind} ${tombstone.id}`;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

async function* tombstonePages(
  reader: Reader,
  signal: AbortSignal | undefined,
): AsyncIterable<readonly Tombstone[]> {
  let after: Tombstone | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const page: readonly Tombstone[] = await reader.tombstones({ after, limit: TOMBSTONE_PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}

/** What differs in what is kept of projects; counts, which follow from the records, do not matter. */
export async function compareProjects(
  before: Reader,
  after: Reader,
): Promise<{ readonly changed: readonly Project[]; readonly removed: readonly string[] }> {
  const old = new Map((await before.projects()).map(project => [project.name, keptLine(project)]));
  const now = await after.projects();
  const names = new Set(now.map(({ name }) => name));
  return {
    changed: now.filter(project => old.get(project.name) !== keptLine(project)),
    removed: [...old.keys()].filter(name => !names.has(name)),
  };
}

function keptLine(project: ProjectSummary): string {
  return projectLine({ ...project, memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} });
}
