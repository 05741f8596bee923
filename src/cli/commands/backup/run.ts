import { Command } from 'commander';
import type { Look } from '../../../backup/schedule/scheduler.ts';
import type { Act } from '../../act.ts';
import { automaticOf } from '../../automatic.ts';

const WORDS: Readonly<Record<Look, string>> = {
  off: 'automatic backups are off: memport backup config set enable_auto_backup true',
  nothing_due: 'no backup is due',
  elsewhere: 'another process is making the backup that is due',
  retry_later: 'the backup failed and is tried again later',
  made: 'the backup that was due is made',
  unchanged: 'the store has not changed since the newest backup',
  failed: 'the backup that was due could not be made',
};

export const runCommand = (act: Act): Command =>
  new Command('run')
    .description('make the automatic backup that is due, if one is: what timers start')
    .action(
      act(async session => {
        const { runUntilSettled } = await import('../../../backup/schedule/scheduler.ts');
        const look = await runUntilSettled(await automaticOf(session));
        if (look === 'failed') session.exitCode = 1;
        if (session.json) await session.outJson({ message_type: 'summary', outcome: look });
        else await session.note(WORDS[look]);
      }),
    );
