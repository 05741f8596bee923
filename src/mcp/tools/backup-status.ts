import { z } from 'zod';
import { BACKUP_HEALTH, healthText, readBackupHealth } from '../backup-health.ts';
import { defineTool, READS } from '../tool.ts';

export const backupStatus = defineTool({
  name: 'backup_status',
  title: 'How the backups stand',
  description: `Say whether the memories are backed up: the newest verified backup of this machine and how old it is, the schedule of automatic backups, the next run, the last runs and their results, and warnings, such as when the newest verified backup is older than twice the schedule. Tell the user what it warns of. For all backups use list_backups.`,
  effects: READS,
  input: z.strictObject({}),
  output: BACKUP_HEALTH,
  async run(_args, { host, signal }) {
    const health = await readBackupHealth(host, signal);
    return { text: healthText(health), data: health };
  },
});
