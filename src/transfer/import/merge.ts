import { withKeys } from '../../model/json.ts';
import type { Memory, Provenance } from '../../model/memory.ts';
import { type CodeUnitEntry, codeUnitEntry, type Entry, memoryEntry } from '../../model/record.ts';

/**
 * The existing record with what the import has beyond it. Content, vector and all single values stay. Tags follow the
 * existing ones in their order, each spelling once; metadata, provenance and unknown members are united key by key at
 * their top level, existing keys win; of `updated_at` and `last_accessed` the later ones hold. Idempotent: merging the
 * same import again changes nothing. Throws when the two are of different kinds.
 */
export function merge(existing: Entry, imported: Entry): Entry {
  const vector = existing.vector ?? vectorFor(existing, imported);
  if (existing.kind === 'memory' && imported.kind === 'memory')
    return memoryEntry(mergeMemory(existing.record, imported.record), vector);
  if (existing.kind === 'code_unit' && imported.kind === 'code_unit')
    return mergeCodeUnit(existing, imported, vector);
  throw new TypeError(`a ${existing.kind} and a ${imported.kind} can't be merged`);
}

function mergeMemory(existing: Memory, imported: Memory): Memory {
  const known = new Set(existing.tags);
  return {
    ...existing,
    tags: [...existing.tags, ...new Set(imported.tags.filter(tag => !known.has(tag)))],
    metadata: withKeys(imported.metadata, existing.metadata),
    provenance: mergeProvenance(existing.provenance, imported.provenance),
    extra: withKeys(imported.extra, existing.extra),
    updatedAt: later(existing.updatedAt, imported.updatedAt),
    lastAccessed: later(existing.lastAccessed, imported.lastAccessed),
  };
}

/** What the existing one does not say (null, no files) is taken from the import. */
function mergeProvenance(existing: Provenance, imported: Provenance): Provenance {
  return {
    ...existing,
    createdBy: existing.createdBy ?? imported.createdBy,
    lastConfirmed: existing.lastConfirmed ?? imported.lastConfirmed,
    conversationId: existing.conversationId ?? imported.conversationId,
    fileContext: existing.fileContext.length > 0 ? existing.fileContext : imported.fileContext,
    notes: existing.notes ?? imported.notes,
    extra: withKeys(imported.extra, existing.extra),
  };
}

function mergeCodeUnit(
  { record: existing }: CodeUnitEntry,
  { record: imported }: CodeUnitEntry,
  vector: Float32Array | null,
): Entry {
  const united = {
    metadata: withKeys(imported.metadata, existing.metadata),
    extra: withKeys(imported.extra, existing.extra),
    indexedAt: later(existing.indexedAt, imported.indexedAt),
  };
  return codeUnitEntry({ ...existing, ...united }, vector);
}

/** The import's vector where it was made of the text that stays, by the model that the record names. */
function vectorFor({ record: existing }: Entry, { record: imported, vector }: Entry): Float32Array | null {
  const fits = existing.content === imported.content && existing.embeddingModel === imported.embeddingModel;
  return fits ? vector : null;
}

function later(a: bigint, b: bigint): bigint {
  return b > a ? b : a;
}
