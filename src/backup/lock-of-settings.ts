import type { Config } from '../config.ts';
import type { Lock } from '../formats/age/keys.ts';
import type { LockSources } from '../transfer/keys/choose-lock.ts';

/**
 * What the settings want backups encrypted to, where nobody is there to be asked; undefined where they don't. Throws
 * `no_key` where there is nothing to encrypt to.
 */
export async function lockOfSettings(
  config: Config,
  sources: Omit<LockSources, 'recipients' | 'ask'>,
): Promise<Lock | undefined> {
  if (!config.backup_encrypt) return undefined;
  const { chooseLock } = await import('../transfer/keys/choose-lock.ts');
  return chooseLock({ ...sources, recipients: config.backup_recipients, ask: async () => null });
}
