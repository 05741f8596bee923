import { Command } from 'commander';
import type { Act } from '../act.ts';
import { automaticOf } from '../automatic.ts';

export const daemonCommand = (act: Act): Command =>
  new Command('daemon')
    .description('stay and make the automatic backups when they are due, until it is ended')
    .action(
      act(async session => {
        const { runScheduler } = await import('../../backup/schedule/scheduler.ts');
        const automatic = await automaticOf(session);
        const schedule = await automatic.schedule();
        if (schedule === null)
          await session.warn(
            'automatic backups are off; it waits until they are on: memport backup config set enable_auto_backup true',
          );
        else
          await session.note(
            `backups are made at ${schedule.schedule}${schedule.timezone === null ? '' : ` in ${schedule.timezone}`}; Ctrl-C ends it`,
          );
        await runScheduler(automatic);
        session.io.signal.throwIfAborted();
      }),
    );
