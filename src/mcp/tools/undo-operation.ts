import { z } from 'zod';
import { MemportError, toMemportError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { UndoReport, UndoRequest } from '../../transfer/undo.ts';
import { undoRecord } from '../../transfer/undo-record.ts';
import { defineTool, type ToolCall } from '../tool.ts';

/** So many operations are named to who gave an id that is none. */
const NAMED = 5;
/** So many rows that were left are named in an answer. */
const LEFT = 100;

export const undoOperation = defineTool({
  name: 'undo_operation',
  title: 'Take back an import, a restore or an undo',
  description: `Take back exactly what one import, restore or undo has changed, in records, deletions and projects. Rows that somebody changed since stay as they are and are listed in left_rows. Without operation_id it is the newest that is neither undone nor an undo. Single memories that were stored, changed or deleted one by one are no operations. With dry_run it only tells what it would do.`,
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
  phases: ['undoing'],
  input: z.strictObject({
    operation_id: z
      .string()
      .max(100)
      .optional()
      .describe(
        'From the answer of import_memories, restore_from_backup or undo_operation; its first 4 or more characters are enough.',
      ),
    dry_run: z.boolean().default(false),
  }),
  output: z.object({
    dry_run: z.boolean(),
    undone: z.string().nullable().describe('The operation that was taken back; null when there was none.'),
    kind: z.string().nullable(),
    source: z.string().nullable(),
    restored: z.int().describe('Rows that are as before.'),
    left: z.int().describe('Rows that were changed since and stay.'),
    left_rows: z.array(z.object({ kind: z.string(), id: z.string() })).describe(`The first ${LEFT} of them.`),
    operation_id: z.string().nullable().describe('Of this undo, which can be undone too.'),
  }),
  recovery: {
    usage: 'Call undo_operation with the id of an operation that is not undone yet, or without one.',
  },
  async run({ operation_id, dry_run }, call) {
    const rows: { kind: string; id: string }[] = [];
    const request: UndoRequest = {
      operation: operation_id ?? null,
      dryRun: dry_run,
      nowMs: call.host.now(),
      onLeft: ({ kind, id }) => {
        if (rows.length < LEFT) rows.push({ kind, id });
      },
    };
    const report = await call.host.withStore('existing', store => undoNamed(store, request, call));
    return { text: describe(report, dry_run), data: { ...undoRecord(report, dry_run), left_rows: rows } };
  },
});

/** Says which operations there are to who names one that there is not. */
async function undoNamed(store: Store, request: UndoRequest, call: ToolCall): Promise<UndoReport | null> {
  const { undoOperation: undo } = await import('../../transfer/undo.ts');
  try {
    return await undo(store, request, { signal: call.signal, onProgress: call.onProgress });
  } catch (error) {
    if (toMemportError(error).code !== 'not_found') throw error;
    const newest = await store.operations({ prefix: '', after: null, limit: NAMED });
    const named = newest.map(
      ({ id, kind, undoneBy }) => `${id} (${kind}${undoneBy === null ? '' : ', undone'})`,
    );
    throw new MemportError('not_found', toMemportError(error).message, {
      hint:
        named.length === 0
          ? 'There are no operations to undo.'
          : `The newest operations are ${named.join(', ')}. Call again with one of these.`,
      cause: error,
    });
  }
}

function describe(report: UndoReport | null, dryRun: boolean): string {
  if (report === null) return 'There is nothing to undo.';
  const { operation, restored, left, operationId } = report;
  const verb = dryRun ? 'Nothing was changed; this would undo' : 'Undid';
  const rest = left === 0 ? '' : ` ${left} were changed since and stay as they are.`;
  const again =
    operationId === null ? '' : ` To take this back: undo_operation with operation_id ${operationId}`;
  return `${verb} the ${operation.kind} ${operation.id} of ${operation.source}: ${restored} rows as before.${rest}${again}`;
}
