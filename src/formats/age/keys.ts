import type { Identity } from 'age-encryption';

export type { Identity };

/** What may open encrypted files. Nothing is asked for before a file needs it. */
export interface Keys {
  /** Identities: `AGE-SECRET-KEY-1…`, `AGE-SECRET-KEY-PQ-1…`, or objects that unwrap by themselves. */
  identities(): Promise<readonly (string | Identity)[]>;
  /** Only for a file that takes a passphrase; null where there is none. */
  passphrase(): Promise<string | null>;
}

/** What a file is encrypted to: one or more recipients (`age1…`), or a passphrase. */
export type Lock = { readonly recipients: readonly string[] } | { readonly passphrase: string };

export const NO_KEYS: Keys = { identities: async () => [], passphrase: async () => null };
