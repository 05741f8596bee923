import { Command } from 'commander';
import type { Act } from '../act.ts';
import { operand } from '../operands.ts';

export const showCommand = (act: Act): Command =>
  new Command('show')
    .description('show one memory in full')
    .argument('<id>', 'its id, or the first 4 or more characters')
    .action(
      act(async (session, command) => {
        const { findMemory } = await import('../../memories/resolve-id.ts');
        const { memoryDetails } = await import('../ui/memory.ts');
        await using store = await session.openStore('existing');
        const { memory, line } = await findMemory(store, operand(command, 0));
        await session.out(session.json ? line : memoryDetails(memory, session));
      }),
    );
