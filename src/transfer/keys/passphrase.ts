import { exec } from 'node:child_process';
import { resolve } from 'node:path';
import { MemportError } from '../../errors.ts';
import { decodeSecret, readSecretFile } from './secret-text.ts';

export interface PassphraseSources {
  /** `--passphrase-file`. */
  readonly passphraseFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a passphrase is to be had without asking. */
export function namesPassphrase({ passphraseFile, env }: PassphraseSources): boolean {
  const names = ['MEMPORT_PASSPHRASE', 'MEMPORT_PASSPHRASE_FILE', 'MEMPORT_PASSPHRASE_COMMAND'];
  return passphraseFile !== undefined || names.some(name => Boolean(env[name]));
}

/**
 * The passphrase from `--passphrase-file`, else MEMPORT_PASSPHRASE, MEMPORT_PASSPHRASE_FILE or what
 * MEMPORT_PASSPHRASE_COMMAND prints, without one line end behind it; null where none of them is there. Never from an
 * argument, which others can see. Throws `no_key` for a source that gives none.
 */
export async function readPassphrase(sources: PassphraseSources): Promise<string | null> {
  const { passphraseFile, env, cwd } = sources;
  const file = passphraseFile ?? (env.MEMPORT_PASSPHRASE ? undefined : env.MEMPORT_PASSPHRASE_FILE);
  if (file) return checked(await readSecretFile(resolve(cwd, file), 'the passphrase file'));
  if (env.MEMPORT_PASSPHRASE) return env.MEMPORT_PASSPHRASE;
  if (env.MEMPORT_PASSPHRASE_COMMAND) return checked(await run(env.MEMPORT_PASSPHRASE_COMMAND, sources));
  return null;
}

function checked(text: string): string {
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase !== '') return passphrase;
  throw new MemportError('no_key', 'the passphrase is empty');
}

/** What a command prints. What it says of itself goes nowhere: it may hold the secret. */
async function run(command: string, { env, cwd, signal }: PassphraseSources): Promise<string> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Buffer>();
  exec(command, { env: { ...env }, cwd, signal, encoding: 'buffer' }, (error, stdout) => {
    if (error === null) done(stdout);
    else if (error.name === 'AbortError') reject(error);
    else
      reject(
        new MemportError('no_key', `MEMPORT_PASSPHRASE_COMMAND failed with ${error.code ?? 'no exit code'}`),
      );
  });
  return decodeSecret(await promise, 'what MEMPORT_PASSPHRASE_COMMAND prints');
}
