import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNamed } from '../../atomic-file.ts';
import { MemportError } from '../../errors.ts';
import { systemCode } from '../../file-target.ts';
import { makeFolder } from '../../folder.ts';
import { generateIdentity, type IdentityKind, recipientOf } from '../../formats/age/identity.ts';
import { formatInstant, instantFromMilliseconds } from '../../model/instant.ts';
import { readSecretFile } from './secret-text.ts';

const SECRET = /^AGE-SECRET-KEY-(?:PQ-)?1/;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,60}$/;

export interface KeyFile {
  readonly file: string;
  readonly recipients: readonly string[];
}

/** The identities of a file as `age-keygen` writes it. Throws `no_key` for a file without one. */
export async function readIdentityFile(path: string): Promise<readonly string[]> {
  const identities = identitiesIn(await readSecretFile(path, 'the identity file'));
  if (identities.length > 0) return identities;
  throw new MemportError('no_key', `the identity file ${path} holds no identity`, {
    hint: 'a line of it begins with AGE-SECRET-KEY-1; one that is encrypted itself is decrypted first, with age',
  });
}

/** The identities that a text holds, a line each. */
export function identitiesIn(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => SECRET.test(line));
}

/** All identities in the home's folder of keys, by file, in the order of the names; other files are passed over. */
export async function homeIdentities(
  folder: string,
): Promise<readonly { readonly file: string; readonly identities: readonly string[] }[]> {
  const found = [];
  for (const file of await filesOf(folder)) {
    const text = await readSecretFile(file, 'the identity file').catch(() => '');
    const identities = identitiesIn(text);
    if (identities.length > 0) found.push({ file, identities });
  }
  return found;
}

/** What may be given to others: who may encrypt for this home. */
export async function homeRecipients(folder: string): Promise<readonly KeyFile[]> {
  const found = [];
  for (const { file, identities } of await homeIdentities(folder)) {
    const recipients = (await Promise.all(identities.map(recipientOf))).filter(known => known !== null);
    if (recipients.length > 0) found.push({ file, recipients });
  }
  return found;
}

/**
 * Makes an identity in the folder of keys, which only its owner can enter, in a file of mode 0600 that is whole or not
 * there. Never writes over one: what was encrypted for it would be lost.
 */
export async function generateKey(
  folder: string,
  options: { readonly name: string; readonly kind: IdentityKind; readonly nowMs: number },
): Promise<{ readonly file: string; readonly recipient: string }> {
  const { name, kind, nowMs } = options;
  if (!NAME.test(name))
    throw new MemportError('usage', `a key can't be called ${JSON.stringify(name)}`, {
      hint: 'letters, digits, dots, - and _ make a name',
    });
  await makeFolder(folder);
  const file = join(folder, `${name}.txt`);
  const { identity, recipient } = await generateIdentity(kind);
  const created = formatInstant(instantFromMilliseconds(nowMs));
  const text = `# created: ${created}\n# public key: ${recipient}\n${identity}\n`;
  try {
    await writeNamed(file, 'refuse', handle => handle.writeFile(text));
  } catch (error) {
    if (!(error instanceof MemportError) || error.code !== 'usage') throw error;
    throw new MemportError('usage', `there is a key already: ${file}`, {
      hint: 'memport key show prints its recipient; --name makes another one. Without it, what was encrypted for it is lost',
      cause: error,
    });
  }
  return { file, recipient };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(error => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter(name => !name.startsWith('.')).sort();
  const paths = files.map(name => join(folder, name));
  const isFile = await Promise.all(paths.map(async path => (await lstat(path)).isFile()));
  return paths.filter((_, i) => isFile[i]);
}
