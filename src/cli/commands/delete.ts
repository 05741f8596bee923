import { Command } from 'commander';
import type { Act } from '../act.ts';

export const deleteCommand = (act: Act): Command =>
  new Command('delete')
    .description('forget memories: all of the given ones, or none when one is not found')
    .argument('<id...>', 'ids, or their first 4 or more characters')
    .action(
      act(async (session, command) => {
        const { deleteMemories } = await import('../../memories/edit.ts');
        await using store = await session.openStore('existing');
        const ids = await deleteMemories(store, command.args, session.io.now(), session.io.signal);
        session.committed('they are deleted');
        if (session.json) await session.outJson({ deleted: ids });
        else for (const id of ids) await session.out(id);
        await session.note(`forgot ${ids.length}`);
      }),
    );
