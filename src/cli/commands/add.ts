import { Command } from 'commander';
import type { Act } from '../act.ts';
import { addDraftOptions, type DraftOptions, readDraft } from '../draft-options.ts';
import { editContext } from '../edit-context.ts';

export const addCommand = (act: Act): Command =>
  addDraftOptions(
    new Command('add')
      .description('remember something')
      .argument('<content>', 'the text, or - for standard input'),
  ).action(
    act(async (session, command) => {
      const draft = await readDraft(session, command.opts<DraftOptions>(), command.args[0]);
      const { addMemory } = await import('../../memories/edit.ts');
      const { memoryRecord } = await import('../../model/memory.ts');
      const { canonicalJson } = await import('../../model/canonical.ts');
      await using store = await session.openStore('create');
      const context = await editContext(session);
      const memory = await addMemory(store, draft, context);
      session.committed(`the memory ${memory.id} is stored`);
      await session.out(session.json ? canonicalJson(memoryRecord(memory)) : memory.id);
      await session.note('remembered');
      await context.warn();
    }),
  );
