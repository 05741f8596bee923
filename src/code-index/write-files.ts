import { type CodeUnit, codeUnitLine } from '../model/code-unit.ts';
import { parseRecordLine } from '../model/json-parse.ts';
import { readCodeUnit } from '../model/read-code-unit.ts';
import { codeUnitEntry } from '../model/record.ts';
import { sameVector } from '../model/vector.ts';
import type { Store, StoredEntry, Transaction, Write } from '../store/store.ts';
import { embeddedText } from './code-units.ts';
import { withOwnIds } from './own-ids.ts';
import type { UnitVectors } from './unit-vectors.ts';

/** What is to be in the store of one file; none when it is gone or not indexed any more. */
export interface FileUnits {
  readonly path: string;
  /** null: those that are there stay, and get the vectors that they lack. */
  readonly units: readonly CodeUnit[] | null;
}

export interface WriteContext {
  readonly store: Store;
  readonly project: string;
  readonly vectors: UnitVectors;
  /** Vectors that are there are made again. */
  readonly remake: boolean;
  readonly signal: AbortSignal | undefined;
}

/** How many units were written and removed. */
export interface Written {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Units that were put, also those that only got a vector. */
  readonly written: number;
}

interface Vectored {
  readonly text: string;
  readonly model: string | null;
  readonly vector: Float32Array | null;
}

/**
 * Makes the store hold exactly these units of these files, in one transaction. A unit that says the same as before keeps
 * its vector, and where nothing of it changed, its date. What is not there any more leaves no tombstone: that would
 * tell other stores that someone deleted it, when the file was only moved or another commit is checked out.
 */
export async function writeFiles(found: readonly FileUnits[], context: WriteContext): Promise<Written> {
  const paths = found.map(({ path }) => path);
  const before = await stored(context.store, context.project, paths);
  const files = await underOwnIds(found, before, context.store);
  const wanted = files.flatMap(({ path, units }) => units ?? unitsOf(before, path));
  const vectors = await vectorsFor(wanted, before, context);
  return context.store.transact(
    async transaction => {
      const now = await stored(transaction, context.project, paths);
      const gone = idsGone(files, now);
      const plan = planWrites(wanted, now, vectors, files);
      await transaction.put(plan.writes);
      await transaction.clear(
        'code_unit',
        gone.map(id => ({ id, tombstone: null })),
      );
      const { added, changed, unchanged } = plan;
      return { added, changed, unchanged, removed: gone.length, written: plan.writes.length };
    },
    { signal: context.signal },
  );
}

async function underOwnIds(
  files: readonly FileUnits[],
  before: ReadonlyMap<string, Stored>,
  store: Store,
): Promise<readonly FileUnits[]> {
  const units = await withOwnIds(
    files.flatMap(file => file.units ?? []),
    before,
    store,
  );
  let from = 0;
  return files.map(file => {
    const start = from;
    from += file.units?.length ?? 0;
    return file.units === null ? file : { ...file, units: units.slice(start, from) };
  });
}

interface Stored {
  readonly unit: CodeUnit;
  readonly line: string;
  readonly vector: Float32Array | null;
}

async function stored(
  reader: Pick<Transaction, 'codeUnitsOf'>,
  project: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Stored>> {
  const entries = await reader.codeUnitsOf(project, paths);
  return new Map(entries.map(entry => [entry.id, read(entry)]));
}

function read({ line, vector }: StoredEntry): Stored {
  const unit = readCodeUnit(parseRecordLine(line), { system: 'memport', warn: () => {} });
  return { unit, line, vector };
}

function unitsOf(all: ReadonlyMap<string, Stored>, path: string): readonly CodeUnit[] {
  return [...all.values()].map(({ unit }) => unit).filter(unit => unit.filePath === path);
}

/** The vector of each unit by id: the one that it has, where its text is the same, else a new one. */
async function vectorsFor(
  units: readonly CodeUnit[],
  before: ReadonlyMap<string, Stored>,
  { vectors, remake }: WriteContext,
): Promise<ReadonlyMap<string, Vectored>> {
  const known = new Map<string, Vectored>();
  const lacking: { readonly id: string; readonly text: string }[] = [];
  for (const unit of units) {
    const text = embeddedText(unit);
    const old = before.get(unit.id);
    if (!remake && old?.vector && embeddedText(old.unit) === text) {
      known.set(unit.id, { text, model: old.unit.embeddingModel, vector: old.vector });
    } else lacking.push({ id: unit.id, text });
  }
  const made = await vectors.of(lacking.map(({ text }) => text));
  for (const [n, { id, text }] of lacking.entries()) {
    const vector = made[n] ?? null;
    const old = before.get(id);
    // An old vector of the same text is better than none.
    if (vector === null && old?.vector && embeddedText(old.unit) === text) {
      known.set(id, { text, model: old.unit.embeddingModel, vector: old.vector });
    } else known.set(id, { text, model: vector === null ? null : vectors.model, vector });
  }
  return known;
}

function planWrites(
  wanted: readonly CodeUnit[],
  now: ReadonlyMap<string, Stored>,
  vectors: ReadonlyMap<string, Vectored>,
  files: readonly FileUnits[],
): Omit<Written, 'removed' | 'written'> & { readonly writes: readonly Write[] } {
  const kept = new Set(files.filter(({ units }) => units === null).map(({ path }) => path));
  const writes: Write[] = [];
  let [added, changed, unchanged] = [0, 0, 0];
  for (const unit of wanted) {
    const old = now.get(unit.id);
    // Someone removed it, or changed it, while its vector was being made.
    if (kept.has(unit.filePath) && old?.line !== codeUnitLine(unit)) continue;
    const { model, vector } = vectors.get(unit.id) ?? { model: null, vector: null };
    const labelled = { ...unit, embeddingModel: model };
    const isSame =
      old !== undefined &&
      codeUnitLine({
        ...labelled,
        indexedAt: old.unit.indexedAt,
        embeddingModel: old.unit.embeddingModel,
      }) === old.line;
    if (isSame && old.unit.embeddingModel === model && sameVector(old.vector, vector)) {
      unchanged += 1;
      continue;
    }
    if (old === undefined) added += 1;
    else if (isSame) unchanged += 1;
    else changed += 1;
    const record = isSame ? { ...labelled, indexedAt: old.unit.indexedAt } : labelled;
    writes.push({ entry: codeUnitEntry(record, vector), searchVector: null });
  }
  return { writes, added, changed, unchanged };
}

function idsGone(files: readonly FileUnits[], now: ReadonlyMap<string, Stored>): readonly string[] {
  const wanted = new Set(files.flatMap(({ units }) => units ?? []).map(({ id }) => id));
  const kept = new Set(files.filter(({ units }) => units === null).map(({ path }) => path));
  return [...now.values()]
    .filter(({ unit }) => !kept.has(unit.filePath) && !wanted.has(unit.id))
    .map(({ unit }) => unit.id);
}
