import { formatInstant, instantFromMilliseconds } from '../model/instant.ts';

export type Trigger = 'manual' | 'auto' | 'safety';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const MAX_HOST = 60;

/**
 * `memport-<host>-<UTC yyyymmddThhmmssZ>-<4 random>-<trigger>.tar.gz`. Of the host's name only what is safe in a file
 * name on any system is kept. `random` gives so many random bytes.
 */
export function backupName(parts: {
  readonly host: string;
  readonly nowMs: number;
  readonly trigger: Trigger;
  readonly random: (size: number) => Uint8Array;
}): string {
  const host =
    parts.host
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, MAX_HOST) || 'host';
  const stamp = formatInstant(instantFromMilliseconds(parts.nowMs))
    .replaceAll(/[-:]/g, '')
    .replace(/\.\d+/, '');
  const letters = Array.from(parts.random(4), byte => LETTERS[byte % LETTERS.length]).join('');
  return `memport-${host}-${stamp}-${letters}-${parts.trigger}.tar.gz`;
}
