import { GivingUp } from '../embedding/giving-up.ts';
import { MemportError } from '../errors.ts';
import { EVERYTHING } from '../model/filter.ts';
import { advance, instantFromMilliseconds } from '../model/instant.ts';
import { MAX_PROJECT_NAME } from '../model/read-memory.ts';
import { codeUnitEntry, type Entry, memoryEntry, RECORD_KINDS } from '../model/record.ts';
import type { Store, Transaction } from '../store/store.ts';
import { planVectors } from '../transfer/plan-vectors.ts';
import { storedEntry } from '../transfer/stored-entry.ts';
import type { EditContext } from './edit.ts';

const BATCH = 500;

/**
 * Renames a project in all of its records, exact name for exact name, and keeps the old one as an alias. Refuses a name
 * that another project has: joining two projects could not be taken back. Resolves to how many records it moved.
 */
export async function renameProject(
  store: Store,
  from: string,
  to: string,
  context: EditContext,
): Promise<number> {
  if (to === '' || [...to].length > MAX_PROJECT_NAME) {
    throw new MemportError('usage', `a project's name has 1 to ${MAX_PROJECT_NAME} characters`);
  }
  const embedder = context.embedder === null ? null : new GivingUp(context.embedder);
  const moved = await store.transact(
    async transaction => {
      const [existing] = await transaction.projects({ ...EVERYTHING, projects: [from] });
      if (existing === undefined) {
        throw new MemportError('not_found', `there is no project ${JSON.stringify(from)}`, {
          hint: 'memport projects lists them',
        });
      }
      const [taken] = await transaction.projects({ ...EVERYTHING, projects: [to] });
      if (taken !== undefined) {
        throw new MemportError('usage', `a project ${JSON.stringify(to)} exists already`, {
          hint: 'choose a name that is free',
        });
      }
      let moved = 0;
      for (const kind of RECORD_KINDS)
        moved += await moveRecords(transaction, kind, from, to, { ...context, embedder });
      const aliases = [...new Set([...existing.aliases, from])].filter(alias => alias !== to);
      await transaction.deleteProjects([from]);
      await transaction.putProjects([{ ...existing, name: to, aliases }]);
      return moved;
    },
    { signal: context.signal },
  );
  if (embedder !== null && embedder.failure !== null) context.onVectorFailure?.(embedder.failure);
  return moved;
}

async function moveRecords(
  transaction: Transaction,
  kind: (typeof RECORD_KINDS)[number],
  from: string,
  to: string,
  context: EditContext,
): Promise<number> {
  const filter = { ...EVERYTHING, projects: [from] };
  let moved = 0;
  let after: string | null = null;
  for (;;) {
    const page = await transaction.scan(kind, { filter, after, limit: BATCH });
    const last = page.at(-1);
    if (last === undefined) return moved;
    const stored = await transaction.get(
      kind,
      page.map(line => line.id),
    );
    const renamed = stored.map(found => withProject(storedEntry(kind, found), to, context.nowMs));
    const { writes } = await planVectors(renamed, context.embedder, { signal: context.signal });
    await transaction.put(writes);
    moved += renamed.length;
    after = last.id;
  }
}

/** Its moment of change moves forward, so that the new name wins elsewhere too. */
function withProject(entry: Entry, projectName: string, nowMs: number): Entry {
  const now = instantFromMilliseconds(nowMs);
  if (entry.kind === 'code_unit') {
    const indexedAt = advance(entry.record.indexedAt, now);
    return codeUnitEntry({ ...entry.record, projectName, indexedAt }, entry.vector);
  }
  const updatedAt = advance(entry.record.updatedAt, now);
  return memoryEntry({ ...entry.record, projectName, updatedAt }, entry.vector);
}
