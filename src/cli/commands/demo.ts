import { Command } from 'commander';
import type { Act } from '../act.ts';

export const demoCommand = (act: Act): Command =>
  new Command('demo')
    .description('everything once, in a throw-away home, explained as it goes')
    .option('--keep', 'leave the throw-away home for a look around')
    .action(
      act(async (session, command) => {
        const { runDemo } = await import('../demo/demo.ts');
        const proven = await runDemo(session.io, command.opts<{ readonly keep?: boolean }>().keep === true);
        if (!proven) session.exitCode = 1;
      }),
    );
