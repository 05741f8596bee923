import { z } from 'zod';
import { backupRecord } from '../../backup/backup-record.ts';
import { makeCursor, readCursor } from '../cursor.ts';
import { BACKUP, backupLineOf } from '../schemas/backup.ts';
import { CURSOR, LIMIT } from '../schemas/id.ts';
import { defineTool, READS } from '../tool.ts';

const PLACE = z.object({ id: z.string(), path: z.string() });

export const listBackups = defineTool({
  name: 'list_backups',
  title: 'List backups',
  description: `List the backups that there are, the newest first, each held against its checksum: what is missing or changed is shown as damaged. Safety backups, made before a restore, are among them. The id goes into backup_id of restore_from_backup and verify_backup. When next_cursor is not null there are more: call again with the same arguments and that cursor. To see whether backups are recent enough, use backup_status.`,
  effects: READS,
  phases: ['reading'],
  input: z.strictObject({ limit: LIMIT, cursor: CURSOR }),
  output: z.object({
    backups: z.array(BACKUP),
    folders: z.array(z.string()).describe('Where they are looked for.'),
    next_cursor: z.string().nullable(),
  }),
  recovery: { not_found: 'Tell the user that the folder of backups is not there, and ask for its disk.' },
  async run({ limit, cursor }, { host, signal, onProgress }) {
    const { pageOfBackups } = await import('../../backup/find.ts');
    const folders = host.backupFolders();
    const where = folders.map(({ folder }) => folder);
    const asked = ['list_backups', where];
    const after = cursor === undefined ? null : readCursor(cursor, asked, PLACE);
    const { backups, hasMore } = await pageOfBackups(folders, { after, limit }, { signal, onProgress });
    const last = backups.at(-1);
    const next = hasMore && last !== undefined ? makeCursor(asked, { id: last.id, path: last.path }) : null;
    const head =
      backups.length === 0
        ? `There are no ${after === null ? '' : 'more '}backups in ${where.join(' and ')}; create_backup makes one.`
        : `${backups.length} backups in ${where.join(' and ')}, the newest first:`;
    const more = next === null ? [] : [`There are more: call list_backups with cursor ${next}`];
    return {
      text: [head, ...backups.map(backupLineOf), ...more].join('\n'),
      data: { backups: backups.map(backupRecord), folders: where, next_cursor: next },
    };
  },
});
