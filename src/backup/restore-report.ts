import type { RestoreReport } from './restore.ts';
import type { RestorePlan } from './restore-plan.ts';

/** A restore under the names of `memport restore --json`. */
export interface RestoreRecord {
  readonly input: string;
  readonly format: string;
  readonly dry_run: boolean;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly tombstones_added: number;
  readonly tombstones_removed: number;
  readonly projects_changed: number;
  readonly vectors: boolean;
  readonly pending_vectors: number;
  readonly content_digest: string | null;
  readonly warnings: Readonly<Record<string, number>>;
  readonly safety_backup: string | null;
  readonly operation_id: string | null;
}

export function restoreRecord(report: RestoreReport): RestoreRecord {
  const { plan } = report;
  return {
    input: report.input,
    format: report.format,
    dry_run: report.dryRun,
    added: plan.added,
    changed: plan.changed,
    removed: plan.removed,
    unchanged: plan.unchanged,
    tombstones_added: plan.tombstonesAdded,
    tombstones_removed: plan.tombstonesRemoved,
    projects_changed: plan.projectsChanged,
    vectors: report.vectors,
    pending_vectors: report.pendingVectors,
    content_digest: report.contentDigest,
    warnings: report.warnings,
    safety_backup: report.safetyBackup,
    operation_id: report.operationId,
  };
}

/** What a restore would do, in a line for people. */
export function planText(plan: RestorePlan): string {
  const { added, changed, removed, unchanged, tombstonesAdded, tombstonesRemoved, projectsChanged } = plan;
  const records = `${added} records added, ${changed} changed, ${removed} removed, ${unchanged} unchanged`;
  const others = [
    ...(tombstonesAdded > 0 ? [`${tombstonesAdded} deletions noted`] : []),
    ...(tombstonesRemoved > 0 ? [`${tombstonesRemoved} notes of deletions dropped`] : []),
    ...(projectsChanged > 0 ? [`${projectsChanged} projects changed`] : []),
  ];
  return [records, ...others].join(', ');
}
