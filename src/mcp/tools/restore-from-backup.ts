import { z } from 'zod';
import type { RestoreReport } from '../../backup/restore.ts';
import { planText, restoreRecord } from '../../backup/restore-report.ts';
import { MemportError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import { backupNamed, type PassedOver, passedOverText } from '../backup-named.ts';
import { fileHash } from '../file-hash.ts';
import type { Plan } from '../plans.ts';
import { BACKUP_ID } from '../schemas/backup.ts';
import { defineTool, type ToolCall } from '../tool.ts';

const COUNT = z.int();

export const restoreFromBackup = defineTool({
  name: 'restore_from_backup',
  title: 'Restore the whole store from a file',
  description: `Make the whole memory exactly what a backup or a full export holds: what is not in the file is removed. Two steps. First call it with backup_id (from list_backups, or latest) or with input_path: nothing is changed, and the answer says how many records would be added, changed and removed, with a plan_id. Show that to the user. Then call it with the plan_id alone to do it; it is refused when the store or the file has changed since. What was there before goes into a safety backup, and undo_operation takes the restore back. To only add what a file holds, use import_memories.`,
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  phases: ['verifying', 'reading', 'comparing', 'writing', 'restoring'],
  input: z.strictObject({
    input_path: z
      .string()
      .optional()
      .describe(
        'First step: the file, as a name in the exports folder or an absolute path in an allowed folder.',
      ),
    backup_id: BACKUP_ID.optional().describe(
      'First step, in place of input_path: the id of a backup, a part of it as in verify_backup, or latest.',
    ),
    plan_id: z.string().max(100).optional().describe('Second step: the plan_id of the first one.'),
  }),
  output: z.object({
    plan_id: z
      .string()
      .nullable()
      .describe('Call again with it to restore; null when it is done or nothing is to do.'),
    restored: z.boolean(),
    input: z.string(),
    format: z.string(),
    added: COUNT,
    changed: COUNT,
    removed: COUNT,
    unchanged: COUNT,
    tombstones_added: COUNT,
    tombstones_removed: COUNT,
    projects_changed: COUNT,
    vectors: z.boolean().describe('Whether the file holds vectors.'),
    pending_vectors: COUNT,
    content_digest: z.string().nullable().describe('Of the store afterwards.'),
    warnings: z.record(z.string(), COUNT),
    safety_backup: z.string().nullable().describe('The file with what was there before.'),
    operation_id: z.string().nullable().describe('For undo_operation.'),
    passed_over: z
      .array(z.object({ id: z.string(), problem: z.string() }))
      .describe('Newer backups that are not whole, when backup_id is latest.'),
  }),
  recovery: {
    not_found: 'Call list_backups for the ids that there are; create_backup makes one.',
    safety_stop:
      'Nothing was changed. Call restore_from_backup with backup_id or input_path again for a new plan and show it to the user, or use import_memories to only add what the file holds.',
    integrity:
      'Nothing was changed. Choose an older backup (list_backups), or import_memories for what can be taken over.',
  },
  async run({ input_path, backup_id, plan_id }, call) {
    const given = [input_path, backup_id, plan_id].filter(argument => argument !== undefined);
    if (given.length !== 1) {
      throw new MemportError('usage', 'exactly one of input_path, backup_id and plan_id is needed', {
        hint: 'Call with backup_id or input_path to see the plan, then with the plan_id of the answer alone to restore.',
      });
    }
    const { host } = call;
    if (plan_id !== undefined) {
      const plan = host.plans.take(plan_id);
      const report = await host.withStore('existing', store => execute(store, plan, call));
      host.log('info', `restored ${report.input}: ${planText(report.plan)}`);
      return { text: doneText(report), data: answer(report, null, []) };
    }
    const { path, passedOver } = await chosen(input_path, backup_id, call);
    const { plan, report } = await host.withStore('create', store => preview(store, path, call));
    const { changesNothing } = await import('../../backup/restore-plan.ts');
    const id = changesNothing(report.plan) ? null : host.plans.keep(plan);
    const text = `${passedOverText(passedOver)}${planAnswer(report, id)}`;
    return { text, data: answer(report, id, passedOver) };
  },
});

async function chosen(
  inputPath: string | undefined,
  backupId: string | undefined,
  call: ToolCall,
): Promise<{ readonly path: string; readonly passedOver: readonly PassedOver[] }> {
  const { refuseChangedBackup } = await import('../../backup/changed-backup.ts');
  if (inputPath !== undefined) {
    const path = await call.readable(inputPath);
    await refuseChangedBackup(path, { signal: call.signal });
    return { path, passedOver: [] };
  }
  const { backup, passedOver } = await backupNamed(backupId ?? 'latest', call);
  if (backup.state === 'damaged') {
    throw new MemportError('integrity', `the backup ${backup.id} is damaged: ${backup.problem}`, {
      hint: 'Nothing was changed. Choose another one of list_backups, or latest.',
    });
  }
  return { path: backup.path, passedOver };
}

async function preview(
  store: Store,
  path: string,
  call: ToolCall,
): Promise<{ readonly plan: Plan; readonly report: RestoreReport }> {
  // Both before the plan is made: whoever changes something from here on makes it void.
  const file = await fileHash(path, call.signal);
  const state = await stateNow(store, call);
  return { plan: { path, file, state }, report: await restore(store, path, null, call) };
}

async function execute(store: Store, plan: Plan, call: ToolCall): Promise<RestoreReport> {
  await requireSameFile(plan, call);
  return restore(store, plan.path, plan, call);
}

async function requireSameFile({ path, file }: Plan, { signal }: ToolCall): Promise<void> {
  if ((await fileHash(path, signal)) !== file) throw changed(`the file ${path}`);
}

/** Without a plan it is a dry run. */
async function restore(
  store: Store,
  path: string,
  plan: Plan | null,
  call: ToolCall,
): Promise<RestoreReport> {
  const { restoreSource } = await import('../../backup/restore.ts');
  const { storeState } = await import('../../backup/store-state.ts');
  const { openInput } = await import('../../transfer/open-input.ts');
  const { host, signal, onProgress } = call;
  const [nowMs, embedder] = [host.now(), await host.embedder()];
  await using input = await openInput(path, undefined, { keys: await host.keys(signal) });
  return await restoreSource(
    store,
    input.source,
    {
      input: path,
      dryRun: plan === null,
      force: false,
      safety: {
        folder: host.home.backups,
        nowMs,
        generator: host.generator,
        config: host.portableConfig(),
        lock: plan === null ? undefined : await host.backupLock(signal),
      },
      embedder,
      nowMs,
      confirm: async () => {
        // Again, since what was read is the file of the plan only if it is still there.
        if (plan !== null) await requireSameFile(plan, call);
        return true;
      },
      guard: async before => {
        if (plan !== null && (await storeState(before, { signal })) !== plan.state)
          throw changed('the store');
      },
    },
    { signal, onProgress },
  );
}

async function stateNow(store: Store, { signal }: ToolCall): Promise<string> {
  const { storeState } = await import('../../backup/store-state.ts');
  await using snapshot = await store.snapshot();
  return await storeState(snapshot, { signal });
}

function changed(what: string): MemportError {
  return new MemportError('safety_stop', `${what} has changed since the plan was made; nothing was restored`);
}

function answer(report: RestoreReport, planId: string | null, passedOver: readonly PassedOver[]) {
  const { dry_run, ...record } = restoreRecord(report);
  const passed_over = [...passedOver];
  return { ...record, warnings: { ...record.warnings }, plan_id: planId, restored: !dry_run, passed_over };
}

function planAnswer(report: RestoreReport, planId: string | null): string {
  if (planId === null)
    return `The store holds exactly what ${report.input} holds; there is nothing to restore.`;
  return `Nothing is changed yet. Restoring ${report.input} would be: ${planText(report.plan)}. Show this to the user; to do it, call restore_from_backup with plan_id ${planId}`;
}

function doneText(report: RestoreReport): string {
  if (report.operationId === null)
    return `The store holds exactly what ${report.input} holds; nothing was changed.`;
  return `Restored ${report.input}: ${planText(report.plan)}. What was there before is in ${report.safetyBackup}. To take it back: undo_operation with operation_id ${report.operationId}`;
}
