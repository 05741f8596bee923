import { MemportError } from '../errors.ts';
import { newId } from '../model/id.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { WorkOptions } from '../model/progress.ts';
import { RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { Change, Operation, Reader, Store, Transaction, Vacancy, Write } from '../store/store.ts';
import { findOperation, newestToUndo } from './operations.ts';
import { storedEntry } from './stored-entry.ts';

const PAGE = 500;

export interface UndoRequest {
  /** The beginning of an operation's id; null for the newest that is neither undone nor an undo. */
  readonly operation: string | null;
  readonly dryRun: boolean;
  readonly nowMs: number;
  /** Told of each row that was changed since and is left as it is. */
  readonly onLeft?: (left: Left) => void;
}

export type Left = Pick<Change, 'kind' | 'id'>;

export interface UndoReport {
  /** What was taken back. */
  readonly operation: Operation;
  /** How many rows are as they were before it. */
  readonly restored: number;
  /** How many rows were changed since and left. */
  readonly left: number;
  /** Of the undo itself; null for a dry run and where nothing was changed. */
  readonly operationId: string | null;
}

/**
 * Takes back what an operation changed, all in one transaction: what it created goes, without a tombstone that was not
 * there before; what it changed or deleted is to the bit what it was, with vectors, tombstones and projects. A row that
 * is no longer as the operation left it stays. The undo is an operation of its own, and so can be undone itself. Resolves
 * to null when there is nothing to undo. Throws `not_found` for an unknown operation, `usage` for one that is undone.
 */
export async function undoOperation(
  store: Store,
  request: UndoRequest,
  work: WorkOptions = {},
): Promise<UndoReport | null> {
  const { nowMs } = request;
  const chosen = await choose(store, request.operation);
  if (chosen === null) return null;
  const operationId = newId(nowMs);
  const { restored, left } = await store.transact(
    async transaction => {
      refuseUndone(await findOperation(transaction, chosen.id));
      return takeBack(transaction, chosen, request, work);
    },
    {
      rollback: request.dryRun,
      operation: {
        id: operationId,
        kind: 'undo',
        source: chosen.id,
        startedAt: instantFromMilliseconds(nowMs),
        undoes: chosen.id,
      },
      signal: work.signal,
    },
  );
  const isKept = restored > 0 && !request.dryRun;
  return { operation: chosen, restored, left, operationId: isKept ? operationId : null };
}

async function choose(reader: Reader, prefix: string | null): Promise<Operation | null> {
  if (prefix === null) return newestToUndo(reader);
  const operation = await findOperation(reader, prefix);
  refuseUndone(operation);
  return operation;
}

function refuseUndone({ id, undoneBy }: Operation): void {
  if (undoneBy === null) return;
  throw new MemportError('usage', `the operation ${id} is undone already`, {
    hint: `to have it back, undo the undo: memport undo ${undoneBy}`,
  });
}

async function takeBack(
  transaction: Transaction,
  operation: Operation,
  { onLeft }: UndoRequest,
  { signal, onProgress }: WorkOptions,
): Promise<{ readonly restored: number; readonly left: number }> {
  const { memories, codeUnits, projects } = operation.changed;
  const total = memories + codeUnits + projects;
  let [restored, left] = [0, 0];
  let after: Change | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const page: readonly Change[] = await transaction.changes(operation.id, { after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return { restored, left };
    const untouched = page.filter(change => change.untouched);
    for (const kind of RECORD_KINDS) await putBack(transaction, kind, untouched);
    await putBackProjects(transaction, untouched);
    for (const { kind, id, untouched } of page) if (!untouched) onLeft?.({ kind, id });
    restored += untouched.length;
    left += page.length - untouched.length;
    after = last;
    onProgress?.({ phase: 'undoing', done: restored + left, total, unit: 'records' });
  }
}

async function putBack(
  transaction: Transaction,
  kind: RecordKind,
  changes: readonly Change[],
): Promise<void> {
  const writes: Write[] = [];
  const places: Vacancy[] = [];
  for (const { id, before, kind: changed } of changes) {
    if (changed !== kind) continue;
    if (before.type === 'record')
      writes.push({ entry: storedEntry(kind, before.stored), searchVector: before.searchVector });
    else places.push({ id, tombstone: before.type === 'tombstone' ? before.tombstone : null });
  }
  if (writes.length > 0) await transaction.put(writes);
  if (places.length > 0) await transaction.clear(kind, places);
}

async function putBackProjects(transaction: Transaction, changes: readonly Change[]): Promise<void> {
  const projects = changes.filter(({ kind }) => kind === 'project');
  await transaction.putProjects(
    projects.flatMap(({ before }) => (before.type === 'project' ? [before.project] : [])),
  );
  await transaction.deleteProjects(
    projects.filter(({ before }) => before.type !== 'project').map(({ id }) => id),
  );
}
