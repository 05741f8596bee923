import { z } from 'zod';
import type { BackupCheck } from '../../backup/verify.ts';
import { MemportError } from '../../errors.ts';
import type { OnProgress } from '../../model/progress.ts';
import { backupNamed, passedOverText } from '../backup-named.ts';
import { BACKUP_ID } from '../schemas/backup.ts';
import { defineTool, type ToolCall } from '../tool.ts';

const COUNT = z.int();

export const verifyBackup = defineTool({
  name: 'verify_backup',
  title: 'Verify backups',
  description: `Read a backup in full, as a restore would, and say whether it is whole; with restore it is also restored into a store that is thrown away, and what came out is compared. One by backup_id (the latest when left out), or all. When it was verified is noted beside the file; the backup itself and the store are never changed. That a backup is damaged is an answer, not an error.`,
  effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  phases: ['reading', 'verifying', 'restoring'],
  input: z.strictObject({
    backup_id: BACKUP_ID.optional(),
    all: z.boolean().default(false).describe('Every backup there is, in place of one.'),
    restore: z.boolean().default(false).describe('Also restore it, into a store that is thrown away.'),
  }),
  output: z.object({
    verified: COUNT,
    damaged: COUNT,
    locked: COUNT.describe(
      'Encrypted ones whose key is not here: their bytes are right, and nobody looked inside.',
    ),
    checks: z.array(
      z.object({
        id: z.string(),
        path: z.string(),
        result: z.enum(['verified', 'damaged', 'locked']),
        problem: z.string().nullable(),
        content_digest: z.string().nullable(),
        restored: z.boolean().describe('Whether it was restored, and was the same.'),
        noted: z.boolean().describe('Whether the result could be noted beside the file.'),
      }),
    ),
    passed_over: z
      .array(z.object({ id: z.string(), problem: z.string() }))
      .describe('Newer ones that are not whole, when the latest was asked for.'),
  }),
  recovery: { not_found: 'Call list_backups for the backups that there are; create_backup makes one.' },
  async run({ backup_id, all, restore }, call) {
    if (all && backup_id !== undefined) {
      throw new MemportError('usage', 'all and backup_id contradict each other', {
        hint: 'Call with backup_id for one backup, or with all for every one.',
      });
    }
    const { verifyFile } = await import('../../backup/verify.ts');
    const { host, signal } = call;
    const { paths, passedOver } = await chosen(all ? null : (backup_id ?? 'latest'), call);
    const request = { keys: await host.keys(signal), restore, nowMs: host.now() };
    const checks: BackupCheck[] = [];
    for (const path of paths) {
      const onProgress = paths.length === 1 ? oneBackup(call.onProgress) : undefined;
      checks.push(await verifyFile(path, request, { signal, onProgress }));
      if (paths.length > 1) tell(call.onProgress, checks.length, paths.length);
    }
    const counts = { verified: 0, damaged: 0, locked: 0 };
    for (const { result } of checks) counts[result] += 1;
    return {
      text: `${passedOverText(passedOver)}${describe(checks, counts)}`,
      data: { ...counts, checks: checks.map(record), passed_over: [...passedOver] },
    };
  },
});

async function chosen(name: string | null, call: ToolCall) {
  if (name !== null) {
    const { backup, passedOver } = await backupNamed(name, call);
    return { paths: [backup.path], passedOver };
  }
  const { listAll } = await import('../../backup/find.ts');
  const found = await listAll(call.host.backupFolders(), { signal: call.signal });
  return { paths: found.map(({ path }) => path), passedOver: [] };
}

/** The bytes are read before the records are: the second is what a restore does. */
function oneBackup(onProgress: OnProgress | undefined): OnProgress | undefined {
  return (
    onProgress &&
    (progress => {
      const isRestore = progress.phase === 'reading' && progress.unit === 'records';
      onProgress(isRestore ? { ...progress, phase: 'restoring' } : progress);
    })
  );
}

function tell(onProgress: OnProgress | undefined, done: number, total: number): void {
  onProgress?.({ phase: 'verifying', done, total, unit: 'files' });
}

function record({ id, path, result, problem, contentDigest, restored, notNoted }: BackupCheck) {
  return { id, path, result, problem, content_digest: contentDigest, restored, noted: notNoted === null };
}

function describe(
  checks: readonly BackupCheck[],
  {
    verified,
    damaged,
    locked,
  }: { readonly verified: number; readonly damaged: number; readonly locked: number },
): string {
  if (checks.length === 0) return 'There are no backups; create_backup makes one.';
  const lines = checks.map(
    ({ id, result, problem, restored }) =>
      `- ${id}: ${result}${restored ? ', and restores to the same' : ''}${problem === null ? '' : `, ${problem}`}`,
  );
  const next =
    damaged > 0
      ? ['Tell the user which are damaged. create_backup makes a new one of the store as it is now.']
      : locked > 0
        ? ['Those without a key can only be verified on the command line, where the key can be given.']
        : [];
  return [`${verified} whole, ${damaged} damaged, ${locked} without a key:`, ...lines, ...next].join('\n');
}
