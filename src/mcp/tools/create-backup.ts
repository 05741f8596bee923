import { z } from 'zod';
import { backupRecord } from '../../backup/backup-record.ts';
import { BACKUP, BACKUP_FORMAT } from '../schemas/backup.ts';
import { defineTool } from '../tool.ts';

export const createBackup = defineTool({
  name: 'create_backup',
  title: 'Back up the whole store',
  description: `Write everything (memories, deletions, code index, vectors) to a new file in the folder of backups, read back and proven before it counts. Use it before a big change, or when the user asks. It is encrypted when the user's settings say so. No other backup is touched. restore_from_backup with its id brings everything back. To make a file for another place, use export_memories.`,
  effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  phases: ['reading', 'writing', 'verifying'],
  input: z.strictObject({
    format: BACKUP_FORMAT.optional().describe(
      "The user's setting when left out, mostly archive; json has no vectors, markdown is for reading.",
    ),
  }),
  output: z.object({
    backup: BACKUP,
    shrunk_from: z
      .int()
      .nullable()
      .describe(
        'How many records the backup before has, where the store has become empty or lost more than half of them; else null.',
      ),
  }),
  recovery: {
    not_found: 'There is nothing to back up yet. store_memory and import_memories make a store.',
    no_key:
      'The settings want backups encrypted, and there is no key. Ask the user to make one with memport key generate; no backup was made.',
  },
  async run({ format }, { host, signal, onProgress }) {
    const { createBackup: create } = await import('../../backup/create.ts');
    const request = {
      destination: host.destination(),
      trigger: 'manual',
      format: format ?? host.config().backup_format,
      lock: await host.backupLock(signal),
      nowMs: host.now(),
      generator: host.generator,
      config: host.portableConfig(),
    } as const;
    const { backup, shrunken } = await host.withStore('existing', store =>
      create(store, request, { signal, onProgress }),
    );
    const record = backupRecord(backup);
    const warning =
      shrunken === null
        ? ''
        : `\nWarning: the store has ${shrunken.now} records, where the backup before, ${shrunken.beforeId}, has ${shrunken.before}. Tell the user; restore_from_backup with backup_id ${shrunken.beforeId} shows what is missing.`;
    return {
      text: `Backed up ${record.memories} memories and ${record.code_units} code units to ${backup.path}${backup.encrypted ? ', encrypted' : ''}, checked. Its id is ${backup.id}.${warning}`,
      data: { backup: record, shrunk_from: shrunken?.before ?? null },
    };
  },
});
