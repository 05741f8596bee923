import type { UndoReport } from './undo.ts';

/** What was taken back, under the names of `memport undo --json`. */
export interface UndoRecord {
  readonly dry_run: boolean;
  /** The operation that was taken back; null when there was none. */
  readonly undone: string | null;
  readonly kind: string | null;
  readonly source: string | null;
  readonly restored: number;
  readonly left: number;
  readonly operation_id: string | null;
}

/** `report` is null when there was nothing to undo. */
export function undoRecord(report: UndoReport | null, dryRun: boolean): UndoRecord {
  return {
    dry_run: dryRun,
    undone: report?.operation.id ?? null,
    kind: report?.operation.kind ?? null,
    source: report?.operation.source ?? null,
    restored: report?.restored ?? 0,
    left: report?.left ?? 0,
    operation_id: report?.operationId ?? null,
  };
}
