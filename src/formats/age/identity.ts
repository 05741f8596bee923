import {
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption';
import { MemportError } from '../../errors.ts';

export type IdentityKind = 'x25519' | 'post-quantum';

/** A new secret, as one line of text, and what others may know of it. */
export async function generateIdentity(
  kind: IdentityKind,
): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await (kind === 'x25519' ? generateX25519Identity() : generateHybridIdentity());
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The recipient of an identity; null for what is no identity. */
export async function recipientOf(identity: string): Promise<string | null> {
  return identityToRecipient(identity).catch(() => null);
}

/** Refuses what is no recipient, with `usage`. A secret that was given by mistake is not repeated. */
export function checkRecipient(recipient: string): void {
  try {
    new Encrypter().addRecipient(recipient);
  } catch {
    const isSecret = /^AGE-SECRET-KEY-/i.test(recipient);
    throw new MemportError(
      'usage',
      isSecret
        ? 'a recipient is wanted, not the secret identity'
        : `${JSON.stringify(recipient)} is no recipient`,
      { hint: 'a recipient begins with age1; memport key show prints yours' },
    );
  }
}
