import type { FixedStrategy } from '../../merge-strategies.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../model/record.ts';
import { sameVector } from '../../model/vector.ts';
import { copyOf } from './copy.ts';
import { type Decision, leave } from './decision.ts';
import { merge } from './merge.ts';

/**
 * Decides what becomes of an imported record whose id the store has. Pure: nothing but its arguments counts.
 * The same record is `unchanged` whatever the strategy. The entry of a `kept_both` is a copy under an id of its own,
 * which the store may have already: see settleCopy.
 */
export function resolve(existing: Entry, imported: Entry, strategy: FixedStrategy): Decision {
  const levelled = keepLabel(existing, imported);
  return same(existing, levelled) ?? RESOLUTIONS[strategy](existing, levelled);
}

/** An import that knows of no vector, not even a model, does not take the stored one away from the text it belongs to. */
function keepLabel(existing: Entry, imported: Entry): Entry {
  const { embeddingModel } = existing.record;
  const isSilent = imported.vector === null && imported.record.embeddingModel === null;
  if (!isSilent || existing.vector === null || existing.record.content !== imported.record.content)
    return imported;
  return imported.kind === 'memory'
    ? memoryEntry({ ...imported.record, embeddingModel }, null)
    : codeUnitEntry({ ...imported.record, embeddingModel }, null);
}

/**
 * The decision where two versions of a record are no conflict, else null. A difference in `last_accessed` alone is none:
 * the later one stays. A vector that the import lacks is no difference; it can be made again.
 */
export function same(existing: Entry, imported: Entry): Decision | null {
  if (imported.vector !== null && !sameVector(existing.vector, imported.vector)) return null;
  if (existing.line === imported.line) return leave('unchanged', null);
  if (existing.kind !== 'memory' || imported.kind !== 'memory') return null;
  const [mine, theirs] = [existing.record.lastAccessed, imported.record.lastAccessed];
  if (memoryEntry({ ...imported.record, lastAccessed: mine }, null).line !== existing.line) return null;
  const entry = theirs > mine ? { ...imported, vector: existing.vector } : null;
  return { action: 'unchanged', entry, reason: 'only last_accessed differs; the later one stays' };
}

/** What becomes of the copy of a `kept_both` that an earlier import has made already: there is never a second one. */
export function settleCopy(existing: Entry, copy: Entry): Decision {
  const settled = same(existing, copy);
  if (settled === null) return leave('skipped', `its copy ${copy.record.id} is there in another version`);
  return { ...settled, reason: `its copy ${copy.record.id} is there already` };
}

/** The same record but for the vector, which the store lacks: nobody's version is lost by taking it in. */
export function fillsVector(existing: Entry, imported: Entry): boolean {
  return existing.line === imported.line && existing.vector === null && imported.vector !== null;
}

/** The instant by which two versions of a record are compared. */
export function changedAt(entry: Entry): Instant {
  return entry.kind === 'memory' ? entry.record.updatedAt : entry.record.indexedAt;
}

type Resolution = (existing: Entry, imported: Entry) => Decision;

const RESOLUTIONS: Readonly<Record<FixedStrategy, Resolution>> = {
  'keep-newer': keepNewer,
  'keep-older': () => leave('skipped', 'the stored one stays'),
  'keep-both': keepBoth,
  skip: () => leave('skipped', 'the store has this id in another version'),
  overwrite: (existing, imported) => replace(existing, imported, 'overwritten'),
  merge: mergeInto,
};

function keepNewer(existing: Entry, imported: Entry): Decision {
  const [mine, theirs] = [changedAt(existing), changedAt(imported)];
  if (theirs > mine)
    return replace(existing, imported, `newer: ${formatInstant(theirs)} over ${formatInstant(mine)}`);
  if (theirs < mine) return leave('skipped', `the store has a newer version: ${formatInstant(mine)}`);
  if (fillsVector(existing, imported)) return takeVector(imported);
  return leave('skipped', `both are of ${formatInstant(mine)} and differ; the stored one stays`);
}

/** Where nothing but the vector differs there is nothing to keep twice: a copy would say the same and lose the vector. */
function keepBoth(existing: Entry, imported: Entry): Decision {
  if (fillsVector(existing, imported)) return takeVector(imported);
  if (existing.line === imported.line)
    return leave('skipped', 'only the vectors differ; the stored one stays');
  const copy = copyOf(imported);
  return { action: 'kept_both', entry: copy, reason: `kept beside it as ${copy.record.id}` };
}

function mergeInto(existing: Entry, imported: Entry): Decision {
  const merged = merge(existing, imported);
  if (merged.line === existing.line && sameVector(merged.vector, existing.vector))
    return leave('unchanged', 'the import adds nothing; the stored text stays');
  return { action: 'updated', entry: merged, reason: 'merged; the stored text stays' };
}

function takeVector(imported: Entry): Decision {
  return { action: 'updated', entry: imported, reason: 'the same record, with the vector that was missing' };
}

/** An import without a vector keeps the stored one as long as that still belongs to the text and the label. */
function replace(existing: Entry, imported: Entry, reason: string): Decision {
  const fits =
    imported.vector === null &&
    existing.record.content === imported.record.content &&
    existing.record.embeddingModel === imported.record.embeddingModel;
  const entry = fits ? { ...imported, vector: existing.vector } : imported;
  return { action: 'updated', entry, reason };
}
