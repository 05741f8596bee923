import { formatInstant, type Instant } from '../../model/instant.ts';
import { type Entry, memoryEntry } from '../../model/record.ts';
import { sameVector } from '../../model/vector.ts';
import type { Decision } from './decision.ts';
import type { Strategy } from './strategy.ts';

/**
 * Decides what becomes of an imported record whose id the store has. Pure: nothing but its arguments counts.
 * A difference in `last_accessed` alone is no conflict: the later one stays. A vector that the import lacks is no
 * difference; it can be made again.
 */
export function resolve(existing: Entry, imported: Entry, strategy: Strategy): Decision {
  const vectorDiffers = imported.vector !== null && !sameVector(existing.vector, imported.vector);
  if (existing.line === imported.line && !vectorDiffers)
    return { action: 'unchanged', entry: null, reason: null };
  if (!vectorDiffers && existing.kind === 'memory' && imported.kind === 'memory') {
    const accessed = resolveAccess(existing, imported);
    if (accessed) return accessed;
  }
  if (strategy === 'skip')
    return { action: 'skipped', entry: null, reason: 'the store has this id in another version' };
  return keepNewer(existing, imported);
}

/** The instant by which two versions of a record are compared. */
export function changedAt(entry: Entry): Instant {
  return entry.kind === 'memory' ? entry.record.updatedAt : entry.record.indexedAt;
}

function keepNewer(existing: Entry, imported: Entry): Decision {
  const [mine, theirs] = [changedAt(existing), changedAt(imported)];
  if (theirs > mine)
    return {
      action: 'updated',
      entry: withoutLosingVector(existing, imported),
      reason: `newer: ${formatInstant(theirs)} over ${formatInstant(mine)}`,
    };
  if (theirs < mine)
    return {
      action: 'skipped',
      entry: null,
      reason: `the store has a newer version: ${formatInstant(mine)}`,
    };
  if (existing.line === imported.line && existing.vector === null) {
    return {
      action: 'updated',
      entry: imported,
      reason: 'the same record, with the vector that was missing',
    };
  }
  return {
    action: 'skipped',
    entry: null,
    reason: `both are of ${formatInstant(mine)} and differ; the stored one stays`,
  };
}

/** An import without a vector keeps the stored one as long as that still belongs to the text and the label. */
function withoutLosingVector(existing: Entry, imported: Entry): Entry {
  const fits =
    imported.vector === null &&
    existing.vector !== null &&
    existing.record.content === imported.record.content &&
    existing.record.embeddingModel === imported.record.embeddingModel;
  return fits ? { ...imported, vector: existing.vector } : imported;
}

function resolveAccess(
  existing: Entry & { kind: 'memory' },
  imported: Entry & { kind: 'memory' },
): Decision | null {
  const [mine, theirs] = [existing.record.lastAccessed, imported.record.lastAccessed];
  if (mine === theirs) return null;
  const leveled = memoryEntry({ ...imported.record, lastAccessed: mine }, null);
  if (leveled.line !== existing.line) return null;
  const entry = theirs > mine ? { ...imported, vector: existing.vector } : null;
  return { action: 'unchanged', entry, reason: 'only last_accessed differs; the later one stays' };
}
