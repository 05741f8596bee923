import type { Command } from 'commander';
import { MemportError } from '../errors.ts';
import type { Keys, Lock } from '../transfer/keys/keyring.ts';
import { collect } from './filters.ts';
import type { Session } from './session.ts';
import { canAsk } from './ui/question.ts';

/** The options of what reads files that may be encrypted. */
export interface KeyOptions {
  readonly identity?: readonly string[];
  readonly passphraseFile?: string;
}

/** The options of what writes files that may be encrypted. */
export interface LockOptions {
  readonly encrypt?: boolean;
  readonly recipient?: readonly string[];
  readonly passphraseFile?: string;
}

const gather = (value: string, earlier: readonly string[] | undefined): readonly string[] =>
  collect(value, earlier ?? []);

/** The same options, with the same meaning, for every command that reads files. */
export function addKeyOptions(command: Command): Command {
  return command
    .option(
      '--identity <file>',
      "a key that opens the file, when it is encrypted (repeatable; the home's own are tried anyway)",
      gather,
    )
    .option('--passphrase-file <file>', 'where the passphrase of an encrypted file stands');
}

/** The same options, with the same meaning, for every command that writes files that may be encrypted. */
export function addLockOptions(command: Command): Command {
  return command
    .option(
      '--encrypt',
      'encrypt the file with age: to --recipient, to a passphrase, or else to the keys of the home',
    )
    .option('--recipient <age1…>', 'whose key opens it (repeatable)', gather)
    .option('--passphrase-file <file>', 'where the passphrase stands that opens it');
}

/** What may open encrypted files: nothing is read and nobody is asked before a file needs it. */
export async function keysOf(session: Session, options: KeyOptions): Promise<Keys> {
  const { openKeyring } = await import('../transfer/keys/keyring.ts');
  return openKeyring({
    identityFiles: options.identity,
    ...sourcesOf(session, options),
    ask: () => ask(session, async questions => questions.ask('passphrase of the encrypted file:')),
  });
}

/** What to encrypt to; undefined where nothing asks for it. `wanted`: something else than an option does. */
export async function lockOf(
  session: Session,
  options: LockOptions,
  settings: { readonly wanted: boolean; readonly recipients: readonly string[] },
): Promise<Lock | undefined> {
  const { encrypt, recipient, passphraseFile } = options;
  const isNamed = recipient !== undefined || passphraseFile !== undefined;
  if (!encrypt && !isNamed && !settings.wanted) return undefined;
  const { chooseLock } = await import('../transfer/keys/choose-lock.ts');
  return chooseLock({
    recipients: recipient ?? (passphraseFile === undefined ? settings.recipients : []),
    ...sourcesOf(session, options),
    ask: () =>
      ask(session, async questions => {
        const passphrase = await questions.ask('new passphrase:');
        if (passphrase === '') throw new MemportError('no_key', 'the passphrase is empty');
        if ((await questions.ask('the same again:')) === passphrase) return passphrase;
        throw new MemportError('no_key', 'the two passphrases differ; nothing was written');
      }),
  });
}

function sourcesOf(session: Session, { passphraseFile }: Pick<KeyOptions, 'passphraseFile'>) {
  const { env, cwd, signal } = session.io;
  return { passphraseFile, env, cwd, signal, keysFolder: session.home.keys };
}

type Questions = { ask(question: string): Promise<string> };

async function ask(
  session: Session,
  work: (questions: Questions) => Promise<string>,
): Promise<string | null> {
  if (!canAsk(session)) return null;
  const { SecretQuestions } = await import('./ui/secret.ts');
  using questions = new SecretQuestions(session);
  return await work(questions);
}
