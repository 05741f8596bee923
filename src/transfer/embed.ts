import { type Embedder, knownDimensions } from '../embedding/embedder.ts';
import { newId } from '../model/id.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { WorkOptions } from '../model/progress.ts';
import { type Entry, memoryEntry } from '../model/record.ts';
import { sameVector } from '../model/vector.ts';
import type { ModelVectors, Reader, Store, StoredEntry, Transaction } from '../store/store.ts';
import { planVectors } from './plan-vectors.ts';
import { SpooledVectors } from './spooled-vectors.ts';
import { storedEntry } from './stored-entry.ts';

export interface EmbedReport {
  /** Memories that have been given a vector. */
  readonly embedded: number;
  /** Memories that still have none to search by: the embedder failed, or they came in meanwhile. */
  readonly pending: number;
  /** Memories whose vector was there already, or, where all are made again, is the same as before. */
  readonly unchanged: number;
  /** How the swap can be taken back; null where it changed nothing, and for what was pending only. */
  readonly operation_id: string | null;
}

export interface EmbedWork extends WorkOptions {
  /** Told after each transaction how many have a vector now, for good. */
  readonly onKept?: (embedded: number) => void;
  /** Told why the embedder failed; the work ends there. */
  readonly onFailure?: (error: unknown) => void;
}

const BATCH = 128;
const WRITE_BATCH = 500;

/**
 * Makes the vectors that memories lack to be searched by, batch after batch, each kept in a transaction of its own: an
 * interruption or a crash costs the batch that was under way. Nothing is held up meanwhile: a memory that someone changes
 * while its vector is being made is left to the next run. An embedder that fails ends the work; what was made stays.
 */
export async function embedPending(
  store: Store,
  embedder: Embedder,
  work: EmbedWork = {},
): Promise<EmbedReport> {
  const group = await pendingGroup(embedder, work);
  if (group === null) return leftPending(store, embedder);
  const total = await store.pendingVectors(group.model, group.dimensions);
  const unchanged = (await store.counts()).memories - total;
  let [done, embedded] = [0, 0];
  let after: string | null = null;
  for (;;) {
    work.signal?.throwIfAborted();
    const ids = await store.idsWithoutVector(group, { after, limit: BATCH });
    const last = ids.at(-1);
    if (last === undefined) break;
    after = last;
    const read = await store.get('memory', ids);
    const plan = await planVectors(read.map(toEntry), embedder, { signal: work.signal });
    const made = plan.writes.filter(write => write.searchVector !== null || isOwn(write.entry, embedder));
    embedded += await store.transact(
      async transaction => {
        const untouched = await unchangedSince(read, transaction);
        const writes = made.filter(({ entry }) => untouched.has(entry.record.id));
        await transaction.put(writes);
        return writes.length;
      },
      { signal: work.signal },
    );
    work.onKept?.(embedded);
    done += ids.length;
    work.onProgress?.({ phase: 'embedding', done, total: Math.max(done, total), unit: 'records' });
    if (plan.failure === null) continue;
    work.onFailure?.(plan.failure);
    break;
  }
  const pending = await store.pendingVectors(group.model, group.dimensions);
  return { embedded, pending, unchanged, operation_id: null };
}

/** What is looked for; null where the embedder fails before it has said how long its vectors are, which is told. */
async function pendingGroup(embedder: Embedder, work: EmbedWork): Promise<ModelVectors | null> {
  const { model } = embedder;
  try {
    return { model, dimensions: await knownDimensions(embedder, work.signal) };
  } catch (error) {
    work.signal?.throwIfAborted();
    work.onFailure?.(error);
    return null;
  }
}

async function leftPending(store: Store, { model, dimensions }: Embedder): Promise<EmbedReport> {
  const pending = await store.pendingVectors(model, dimensions);
  return { embedded: 0, pending, unchanged: (await store.counts()).memories - pending, operation_id: null };
}

/**
 * Makes the vectors of all memories again and lets them take the place of the old ones, own and search vectors alike, with
 * the embedder's label, in one transaction that is an operation like an import. Until then everyone searches by the old
 * ones. `embedding_model` changes, `updated_at` does not: the memory says the same as before. Throws what the embedder
 * throws; nothing is changed then.
 */
export async function embedAll(
  store: Store,
  embedder: Embedder,
  nowMs: number,
  work: EmbedWork = {},
): Promise<EmbedReport> {
  await using spool = await SpooledVectors.create(await knownDimensions(embedder, work.signal));
  const total = (await store.counts()).memories;
  let done = 0;
  for await (const entries of memories(store)) {
    work.signal?.throwIfAborted();
    await spool.add(entries, await embedContents(entries, embedder, work.signal));
    done += entries.length;
    work.onProgress?.({ phase: 'embedding', done, total: Math.max(done, total), unit: 'records' });
  }
  const id = newId(nowMs);
  const operation = {
    id,
    kind: 'embed',
    source: embedder.model,
    startedAt: instantFromMilliseconds(nowMs),
  };
  const counts = await store.transact(
    async transaction => swap(transaction, embedder, spool, { ...work, total }),
    { operation, signal: work.signal },
  );
  return { ...counts, pending: 0, operation_id: counts.embedded > 0 ? id : null };
}

async function swap(
  transaction: Transaction,
  embedder: Embedder,
  spool: SpooledVectors,
  work: EmbedWork & { readonly total: number },
): Promise<{ readonly embedded: number; readonly unchanged: number }> {
  let [embedded, unchanged] = [0, 0];
  let changed: Entry[] = [];
  const flush = async (): Promise<void> => {
    await transaction.put(changed.map(entry => ({ entry, searchVector: null })));
    embedded += changed.length;
    changed = [];
  };
  for await (const entries of memories(transaction)) {
    work.signal?.throwIfAborted();
    const spooled = await spool.of(entries);
    // Those that came in or got another text while the vectors were being made.
    const late = entries.filter((_, i) => spooled[i] === null);
    const made = (await embedContents(late, embedder, work.signal)).values();
    for (const [i, entry] of entries.entries()) {
      const vector = spooled[i] ?? made.next().value ?? null;
      const isSame = entry.record.embeddingModel === embedder.model && sameVector(entry.vector, vector);
      if (isSame) unchanged += 1;
      else changed.push(memoryEntry({ ...entry.record, embeddingModel: embedder.model }, vector));
    }
    if (changed.length >= WRITE_BATCH) await flush();
    const done = embedded + unchanged + changed.length;
    work.onProgress?.({ phase: 'swapping', done, total: Math.max(done, work.total), unit: 'records' });
  }
  await flush();
  return { embedded, unchanged };
}

type MemoryEntry = Extract<Entry, { kind: 'memory' }>;

/** All memories with their vectors in ascending order of id. */
async function* memories(reader: Reader): AsyncIterable<readonly MemoryEntry[]> {
  let after: string | null = null;
  for (;;) {
    const page = await reader.scan('memory', { after, limit: BATCH });
    const last = page.at(-1);
    if (last === undefined) return;
    const ids = page.map(({ id }) => id);
    const entries = (await reader.get('memory', ids)).map(toEntry).filter(isMemory);
    yield entries.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));
    after = last.id;
  }
}

async function embedContents(
  entries: readonly Entry[],
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<readonly Float32Array[]> {
  if (entries.length === 0) return [];
  const vectors = await embedder.embed(
    entries.map(entry => entry.record.content),
    signal,
  );
  if (vectors.length !== entries.length) throw new Error(`${embedder.model} left out a vector`);
  return vectors;
}

/** The ids of those that are still as they were read. */
async function unchangedSince(read: readonly StoredEntry[], reader: Reader): Promise<ReadonlySet<string>> {
  const now = new Map(
    (
      await reader.get(
        'memory',
        read.map(({ id }) => id),
      )
    ).map(found => [found.id, found]),
  );
  const same = read.filter(({ id, line, vector }) => {
    const found = now.get(id);
    return found !== undefined && found.line === line && sameVector(found.vector, vector);
  });
  return new Set(same.map(({ id }) => id));
}

function toEntry(stored: StoredEntry): Entry {
  return storedEntry('memory', stored);
}

function isMemory(entry: Entry): entry is MemoryEntry {
  return entry.kind === 'memory';
}

function isOwn(entry: Entry, embedder: Embedder): boolean {
  return entry.vector?.length === embedder.dimensions && entry.record.embeddingModel === embedder.model;
}
