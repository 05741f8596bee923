import { Command } from 'commander';
import { age } from '../../backup/age.ts';
import type { BackupStatus } from '../../backup/backup-status.ts';
import type { Act } from '../act.ts';

export const statusCommand = (act: Act): Command =>
  new Command('status')
    .description('what the store holds, and what needs attention')
    .option('--digest', 'with the content digest: equal digests, equal content')
    .action(
      act(async (session, command) => {
        const { readStatus } = await import('../../memories/status.ts');
        await using store = await session.openStore('existing');
        const { storeDigest } = await import('../../transfer/store-digest.ts');
        const status = await readStatus(store, await session.embedder());
        const digest = command.opts<{ readonly digest?: boolean }>().digest ? await storeDigest(store) : null;
        const { backupStatus } = await import('../../backup/backup-status.ts');
        const { home, io } = session;
        const config = await session.config();
        const backups = await backupStatus({ home, env: io.env, config, nowMs: io.now(), signal: io.signal });
        if (session.json) {
          await session.outJson({
            home: home.path,
            ...status,
            backups,
            ...(digest !== null && { content_digest: digest }),
          });
          return;
        }
        const vectors = status.vectors.map(
          group => `${group.count} of ${group.model ?? 'no label'} (${group.dimensions})`,
        );
        const lines: readonly (readonly [string, string])[] = [
          ['home', session.home.path],
          [
            'store',
            `${status.store} (schema ${status.schema_version}, ${status.bytes.toLocaleString('en')} bytes)`,
          ],
          ['memories', String(status.memories)],
          ['code units', String(status.code_units)],
          ['projects', String(status.projects)],
          ['deletions', String(status.tombstones)],
          ['vectors', vectors.join(', ') || 'none'],
          ['model', status.embedding_model ?? 'none: full text only'],
          ['pending', `${status.pending_vectors} without a vector to search by`],
          ['mixed', `${status.mixed_vectors} with a vector of another model`],
          ['newest', status.newest_updated_at ?? '-'],
          ['backup', backupText(backups, io.now())],
          ['next run', backups.next_run ?? 'automatic backups are off'],
          ...(digest === null ? [] : [['digest', digest] as const]),
        ];
        const { visible } = await import('../ui/text.ts');
        for (const [name, value] of lines)
          await session.out(`${session.paintOut('dim', `${name}:`.padEnd(12))}${visible(value)}`);
        for (const warning of backups.warnings) await session.warn(warning);
      }),
    );

function backupText({ newest_verified: newest }: BackupStatus, nowMs: number): string {
  if (newest === null) return 'none that is verified';
  return `${newest.id}, ${age(Date.parse(newest.created), nowMs)} old`;
}
