import { Argument, Command } from 'commander';
import type { Act } from '../act.ts';

export const completionCommand = (act: Act): Command =>
  new Command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', '\nFor example, in ~/.bashrc: source <(memport completion bash)')
    .action(
      act(async (session, command) => {
        const { completionScript } = await import('../ui/completion.ts');
        const root = command.parent ?? command;
        await session.out(completionScript(command.args[0] ?? '', root));
      }),
    );
