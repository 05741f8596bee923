import { MemportError } from '../../errors.ts';
import type { Source, SourceMissing } from '../../formats/source.ts';
import { type Filter, matches } from '../../model/filter.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../../model/record.ts';
import type { Transaction } from '../../store/store.ts';
import { storedEntry } from '../stored-entry.ts';
import type { SkippedDuplicates } from './duplicates.ts';
import type { Tally } from './report.ts';
import { changedAt } from './resolve.ts';

/** What becomes of a record of the store that was removed from what is imported. */
export interface MissingOutcome {
  readonly type: 'missing';
  readonly existing: Entry;
  readonly action: 'deleted' | 'missing';
  /** For people: where it was removed, and why it stays. */
  readonly reason: string;
}

export interface MissingContext {
  readonly transaction: Transaction;
  readonly filter: Filter;
  readonly tally: Tally;
  readonly skippedDuplicates: Pick<SkippedDuplicates, 'isHolder'>;
  readonly onOutcome: ((outcome: MissingOutcome) => void) | undefined;
  /** Whether they are to be deleted, and when. */
  readonly deleteMissing: Instant | null;
}

const BATCH = 500;

/** Refuses to delete what is missing from a source that does not say what it was written with. */
export function refuseUnlisted({ format, header }: Pick<Source, 'format' | 'header'>): void {
  // Whole knowledge bases name their format and list their records; a page, or a folder that has lost its list, does not.
  if (format === 'markdown' && Object.hasOwn(header, 'format')) return;
  if (format === 'markdown')
    throw new MemportError(
      'usage',
      'this Markdown has no list of the records that it was exported with, so what was removed can not be told',
      {
        hint: 'import the whole folder with its .memport-export.jsonl, or leave --delete-missing out',
      },
    );
  throw new MemportError(
    'usage',
    '--delete-missing is for Markdown: other files do not say what was removed from them',
    {
      hint: 'leave it out; memport delete <id> deletes a memory',
    },
  );
}

/**
 * Counts the records that a source was written with and no longer has, as far as the store has them and the import is not
 * narrowed to others; deletes them, with tombstones, where that is wanted. One that was changed in the store after the
 * source was written stays, and so does one whose text is still there, in a section that was skipped as its duplicate.
 * Nothing is deleted when a part of the source could not be read, or the filters leave out new sections: what is missing
 * may be in it.
 */
export async function settleMissing(
  missing: readonly SourceMissing[],
  context: MissingContext,
): Promise<void> {
  for (const kind of RECORD_KINDS) {
    const ofKind = missing.filter(item => item.kind === kind);
    for (let at = 0; at < ofKind.length; at += BATCH)
      await settleBatch(kind, new Map(ofKind.slice(at, at + BATCH).map(item => [item.id, item])), context);
  }
}

async function settleBatch(
  kind: RecordKind,
  missing: ReadonlyMap<string, SourceMissing>,
  context: MissingContext,
): Promise<void> {
  const { transaction, tally, filter, deleteMissing } = context;
  const deleted: string[] = [];
  for (const stored of await transaction.get(kind, [...missing.keys()])) {
    const existing = storedEntry(kind, stored);
    const item = missing.get(stored.id);
    if (item === undefined || !matches(filter, existing)) continue;
    const why = whyKept(existing, item, context);
    if (why === null) deleted.push(stored.id);
    else tally.missing += 1;
    const reason = `removed from ${item.place}${why === null ? '' : `; ${why}`}`;
    context.onOutcome?.({ type: 'missing', existing, action: why === null ? 'deleted' : 'missing', reason });
  }
  if (deleteMissing !== null) tally.deleted += await transaction.delete(kind, deleted, deleteMissing);
}

function whyKept(
  existing: Entry,
  { exportedAt, mayBeIn }: SourceMissing,
  { tally, skippedDuplicates, deleteMissing }: MissingContext,
): string | null {
  if (deleteMissing === null) return 'it stays without --delete-missing';
  if (skippedDuplicates.isHolder(existing.kind, existing.record.id))
    return 'it stays, since its text is still there under another id or none';
  if (tally.rejected > 0) return 'it stays, since not all could be read';
  if (mayBeIn !== null) return `it stays, since it may be in ${mayBeIn}, which was not read`;
  if (tally.newFilteredOut > 0)
    return 'it stays, since the filters left out what the store does not have, and that may be it';
  const changed = changedAt(existing);
  if (exportedAt === null || changed > exportedAt)
    return `it stays, since it was changed after that: ${formatInstant(changed)}`;
  return null;
}
