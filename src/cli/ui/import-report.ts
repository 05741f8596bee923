import { changedFields } from '../../transfer/changes.ts';
import type { Outcome } from '../../transfer/import/batch.ts';
import type { Decision } from '../../transfer/import/decision.ts';
import type { ImportReport } from '../../transfer/import/report.ts';
import type { Session } from '../session.ts';
import { fieldChangeLines } from './field-changes.ts';
import { truncate, visible } from './text.ts';

/** So many lines of each kind are shown without `--verbose`. */
const SHOWN = 10;

type Shown = Exclude<Decision['action'], 'unchanged'> | 'rejected' | 'near' | 'deleted' | 'missing';

const LABELS: Readonly<Record<Shown, string>> = {
  created: 'create',
  near: 'near',
  updated: 'update',
  skipped: 'skip',
  kept_both: 'keep both',
  duplicates: 'duplicate',
  rejected: 'reject',
  deleted: 'delete',
  missing: 'missing',
};

/** Collects what is to be said of single records while an import runs, bounded, and says it at the end. */
export class ImportPrinter {
  readonly #session: Session;
  readonly #dryRun: boolean;
  readonly #lines = new Map<Shown, { readonly id: string | null; readonly text: string }[]>();
  readonly #hidden = new Map<Shown, number>();

  constructor(session: Session, dryRun: boolean) {
    this.#session = session;
    this.#dryRun = dryRun;
  }

  readonly outcome = (outcome: Outcome): void => {
    if (outcome.type === 'withdrawn') {
      this.#withdraw(outcome.imported.record.id);
      return;
    }
    const action = shownAs(outcome);
    if (action === 'unchanged' || !this.#wanted(action)) return;
    const lines = this.#lines.get(action) ?? [];
    this.#lines.set(action, lines);
    const id = outcome.type === 'decision' ? outcome.imported.record.id : null;
    if (lines.length < SHOWN || this.#session.options.verbose)
      lines.push({ id, text: this.#describe(outcome, action).join('\n') });
    else this.#hidden.set(action, (this.#hidden.get(action) ?? 0) + 1);
  };

  finish(): Promise<void> {
    return this.#print(this.#lines);
  }

  /** For an import that was refused: of what was not done, only what was wrong. */
  finishRejects(): Promise<void> {
    return this.#print([...this.#lines].filter(([action]) => action === 'rejected'));
  }

  /** A duplicate that is none after all: one that was not shown, if it is not among those that were. */
  #withdraw(id: string): void {
    const lines = this.#lines.get('duplicates') ?? [];
    const at = lines.findLastIndex(line => line.id === id);
    if (at >= 0) lines.splice(at, 1);
    else this.#hidden.set('duplicates', Math.max(0, (this.#hidden.get('duplicates') ?? 0) - 1));
  }

  async #print(all: Iterable<readonly [Shown, readonly { readonly text: string }[]]>): Promise<void> {
    for (const [action, lines] of all) {
      if (lines.length > 0) await this.#session.out(lines.map(({ text }) => text).join('\n'));
      const hidden = this.#hidden.get(action);
      if (hidden)
        await this.#session.note(
          `  … and ${hidden} more ${action === 'near' || action === 'missing' ? '' : 'to '}${LABELS[action]}; --verbose shows all`,
        );
    }
  }

  /** A dry run tells everything; a real one what the user may have to look at. */
  #wanted(action: Shown): boolean {
    if (this.#session.options.quiet) return false;
    return (
      this.#dryRun ||
      this.#session.options.verbose === true ||
      action === 'rejected' ||
      action === 'near' ||
      action === 'skipped' ||
      action === 'deleted' ||
      action === 'missing' ||
      action === 'duplicates'
    );
  }

  #describeMissing(
    { existing, reason }: Outcome & { readonly type: 'missing' },
    action: Shown,
  ): readonly string[] {
    const { kind, record } = existing;
    const { id } = record;
    if (!this.#session.json)
      return [`${LABELS[action].padEnd(10)} ${id}  ${visible(reason)}: ${truncate(record.content, 40)}`];
    return [JSON.stringify({ message_type: 'decision', action, id, kind, reason, changes: [], near: null })];
  }

  #describe(outcome: Exclude<Outcome, { type: 'withdrawn' }>, action: Shown): readonly string[] {
    if (outcome.type === 'reject') {
      const { id, position, kind, reason } = outcome.reject;
      if (this.#session.json) return [JSON.stringify({ message_type: 'reject', id, kind, position, reason })];
      return [`reject     ${visible(id ?? `${kind} ${position}`)}  ${visible(reason)}`];
    }
    if (outcome.type === 'missing') return this.#describeMissing(outcome, action);
    const { imported, existing, decision } = outcome;
    const { id } = imported.record;
    const changes =
      action === 'updated' && existing !== null ? changedFields(existing, decision.entry ?? imported) : [];
    if (this.#session.json) {
      return [
        JSON.stringify({
          message_type: 'decision',
          action: decision.action,
          id,
          kind: imported.kind,
          reason: decision.reason,
          changes,
          near: decision.near ?? null,
        }),
      ];
    }
    const why = decision.reason === null ? truncate(imported.record.content, 60) : visible(decision.reason);
    const head = `${LABELS[action].padEnd(10)} ${id}  ${why}`;
    if (!this.#session.options.verbose) return [head];
    return [head, ...fieldChangeLines(changes)];
  }
}

/** What is kept though it is near to another memory is shown as such. */
function shownAs(outcome: Exclude<Outcome, { type: 'withdrawn' }>): Shown | 'unchanged' {
  if (outcome.type === 'reject') return 'rejected';
  if (outcome.type === 'missing') return outcome.action;
  const { action, near } = outcome.decision;
  return action === 'created' && near !== undefined ? 'near' : action;
}

/** The report: one JSON line of `message_type` `summary`, or a sentence a line. */
export async function printImportReport(session: Session, report: ImportReport): Promise<void> {
  if (session.json) {
    await session.outJson({ message_type: 'summary', ...report });
    return;
  }
  for (const [warning, count] of Object.entries(report.warnings))
    await session.warn(count === 1 ? warning : `${warning} (${count} times)`);
  const names = [
    'created',
    'updated',
    'unchanged',
    'skipped',
    'kept_both',
    'duplicates',
    'rejected',
  ] as const;
  const parts = names
    .filter(name => report[name] > 0)
    .map(name => `${report[name]} ${name.replace('_', ' ')}`);
  const verb = report.dry_run ? 'dry run: read' : 'read';
  await session.out(
    `${verb} ${report.memories} memories and ${report.code_units} code units from ${visible(report.input)} (${report.format}): ${parts.join(', ') || 'nothing'}`,
  );
  if (report.filtered_out > 0) await session.note(`${report.filtered_out} were left out by the filters`);
  if (report.near_duplicates > 0)
    await session.note(`${report.near_duplicates} say nearly the same as another memory`);
  if (report.renamed > 0) await session.note(`${report.renamed} came in under the new name of their project`);
  if (report.tombstones_added > 0)
    await session.note(`${report.tombstones_added} deletions were taken note of`);
  if (report.deleted > 0) await session.note(`${report.deleted} were removed there and are deleted`);
  if (report.missing > 0)
    await session.note(
      `${report.missing} were removed there and stay; --delete-missing deletes what did not change since`,
    );
  if (report.pending_vectors > 0)
    await session.note(`${report.pending_vectors} have no vector yet and are found by full text`);
  if (report.rejects_file !== null) await session.note(`the rejected records are in ${report.rejects_file}`);
  if (report.operation_id !== null) await session.note(`operation ${report.operation_id}`);
  if (report.dry_run) await session.note('nothing was changed; without --dry-run it will be');
}
