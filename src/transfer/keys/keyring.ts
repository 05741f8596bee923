import { resolve } from 'node:path';
import type { Keys, Lock } from '../../formats/age/keys.ts';
import { homeIdentities, identitiesIn, readIdentityFile } from './identities.ts';
import { type PassphraseSources, readPassphrase } from './passphrase.ts';

export type { Keys, Lock };

export interface KeySources extends PassphraseSources {
  /** `--identity`; a file that is named must hold one. */
  readonly identityFiles?: readonly string[] | undefined;
  /** The home's folder of keys, all of which are tried. */
  readonly keysFolder: string;
  /** Asks someone for the passphrase; null where there is nobody. */
  readonly ask: () => Promise<string | null>;
}

/** The keys of a home and of a command's options and environment. Each source is read once, when a file needs it. */
export function openKeyring(sources: KeySources): Keys {
  const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let reading: Promise<T> | null = null;
    return () => {
      reading ??= read();
      return reading;
    };
  };
  return {
    identities: once(() => readIdentities(sources)),
    passphrase: once(async () => (await readPassphrase(sources)) ?? (await sources.ask())),
  };
}

async function readIdentities(sources: KeySources): Promise<readonly string[]> {
  const { identityFiles = [], env, cwd, keysFolder } = sources;
  const named = [];
  for (const file of identityFiles) named.push(...(await readIdentityFile(resolve(cwd, file))));
  const home = await homeIdentities(keysFolder);
  return [...named, ...(await fromEnvironment(env, cwd)), ...home.flatMap(({ identities }) => identities)];
}

/** MEMPORT_IDENTITY: the name of a file, or the identity itself. */
async function fromEnvironment(env: KeySources['env'], cwd: string): Promise<readonly string[]> {
  const value = env.MEMPORT_IDENTITY;
  if (!value) return [];
  const identities = identitiesIn(value);
  return identities.length > 0 ? identities : readIdentityFile(resolve(cwd, value));
}
