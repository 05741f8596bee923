import { Argument, Command } from 'commander';
import type { Act } from '../act.ts';
import { operand } from '../operands.ts';

export const completionCommand = (act: Act): Command =>
  new Command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', '\nFor example, in ~/.bashrc: source <(memport completion bash)')
    .action(
      act(async (session, command) => {
        const { completionScript } = await import('../ui/completion.ts');
        await session.out(completionScript(operand(command, 0), command));
      }),
    );
