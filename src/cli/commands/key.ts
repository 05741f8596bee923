import { Command } from 'commander';
import type { Act } from '../act.ts';
import type { Session } from '../session.ts';
import { visible } from '../ui/text.ts';

interface GenerateOptions {
  readonly name: string;
  readonly postQuantum?: boolean;
}

export const keyCommand = (act: Act): Command =>
  new Command('key')
    .description('the keys that open what is encrypted for this home')
    .addCommand(
      new Command('generate')
        .description("make a key in the home's keys folder and print its recipient; keep a copy elsewhere")
        .option('--name <name>', 'of its file', 'identity')
        .option('--post-quantum', 'hold out against quantum computers too; needs age 1.3 or newer elsewhere')
        .action(act((session, command) => generate(session, command.opts<GenerateOptions>()))),
    )
    .addCommand(
      new Command('show')
        .description('print the recipients of the keys, for --recipient; never the keys themselves')
        .action(act(show)),
    );

async function generate(session: Session, { name, postQuantum }: GenerateOptions): Promise<void> {
  const { generateKey } = await import('../../transfer/keys/identities.ts');
  await session.makeHome();
  const kind = postQuantum ? 'post-quantum' : 'x25519';
  const { file, recipient } = await generateKey(session.home.keys, { name, kind, nowMs: session.io.now() });
  session.committed(`the key ${file} is made`);
  if (session.json) await session.outJson({ recipient, file });
  else await session.out(recipient);
  await session.note(
    `the key is in ${visible(file)}; keep a copy of that file elsewhere than on this machine`,
  );
  await session.note('whoever has it can read the backups; without it nobody can');
}

async function show(session: Session): Promise<void> {
  const { homeRecipients } = await import('../../transfer/keys/identities.ts');
  const keys = await homeRecipients(session.home.keys);
  for (const { file, recipients } of keys) {
    for (const recipient of recipients) {
      if (session.json) await session.outJson({ recipient, file });
      else await session.out(recipient);
    }
    await session.note(`from ${visible(file)}`);
  }
  if (keys.length === 0) await session.note('no keys; to make one: memport key generate');
}
