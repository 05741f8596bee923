import { Command } from 'commander';
import type { Act } from '../act.ts';
import { addDraftOptions, type DraftOptions, readDraft } from '../draft-options.ts';
import { editContext } from '../edit-context.ts';
import { operand } from '../operands.ts';

export const updateCommand = (act: Act): Command =>
  addDraftOptions(
    new Command('update')
      .description('change a memory')
      .argument('<id>', 'its id, or the first 4 or more characters')
      .option('--content <text>', 'the new text, or - for standard input'),
  ).action(
    act(async (session, command) => {
      const options = command.opts<DraftOptions>();
      const draft = await readDraft(session, options, options.content);
      const { updateMemory } = await import('../../memories/edit.ts');
      const { memoryRecord } = await import('../../model/memory.ts');
      const { canonicalJson } = await import('../../model/canonical.ts');
      await using store = await session.openStore('existing');
      const context = await editContext(session);
      const memory = await updateMemory(store, operand(command, 0), draft, context);
      session.committed(`the memory ${memory.id} is changed`);
      await session.out(session.json ? canonicalJson(memoryRecord(memory)) : memory.id);
      await session.note('changed');
      await context.warn();
    }),
  );
