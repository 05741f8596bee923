import { MemportError } from '../errors.ts';
import { formatInstant, instantFromMilliseconds, parseInstant } from '../model/instant.ts';

export type Trigger = 'manual' | 'auto' | 'safety';
export type BackupFormat = keyof typeof ENDINGS;

/** What a backup can be, by the ending of its name. A format that is one file needs only a line here and its writer. */
const ENDINGS = { archive: 'tar.gz', json: 'json', markdown: 'md' } as const;
export const BACKUP_FORMATS = ['archive', 'json', 'markdown'] as const satisfies readonly BackupFormat[];

/** The format of this name; throws `usage` for any other. `where` it stands is for the message. */
export function parseFormat(name: string, where = 'backup_format'): BackupFormat {
  const format = BACKUP_FORMATS.find(known => known === name);
  if (format !== undefined) return format;
  throw new MemportError('usage', `${where} can't be ${JSON.stringify(name)}`, {
    hint: `the formats of backups are ${BACKUP_FORMATS.join(', ')}`,
  });
}

export interface BackupNameParts {
  readonly host: string;
  readonly nowMs: number;
  readonly trigger: Trigger;
  /** Gives so many random bytes. */
  readonly random: (size: number) => Uint8Array;
  readonly format?: BackupFormat | undefined;
  readonly encrypted?: boolean | undefined;
}

/** What the name of a backup says of it. */
export interface BackupName {
  /** `<UTC yyyymmddThhmmssZ>-<4 random>`: how it is called, whether there is a sidecar or not. */
  readonly id: string;
  readonly host: string;
  /** To the second. */
  readonly createdMs: number;
  readonly trigger: Trigger;
  readonly format: BackupFormat;
  readonly encrypted: boolean;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const MAX_HOST = 60;
const NAME =
  /^memport-([a-z0-9]+(?:-[a-z0-9]+)*)-((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[a-z2-7]{4})-(manual|auto|safety)\.(tar\.gz|json|md)(\.age)?$/;

/** Of a host's name what is safe in a file name on any system. */
export function hostPart(host: string): string {
  const safe = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_HOST)
    .replaceAll(/^-+|-+$/g, '');
  return safe || 'host';
}

/** `memport-<host>-<UTC yyyymmddThhmmssZ>-<4 random>-<trigger>.tar.gz`, or another ending, and `.age` when encrypted. */
export function backupName(parts: BackupNameParts): string {
  const { host, nowMs, trigger, random, format = 'archive', encrypted = false } = parts;
  const stamp = formatInstant(instantFromMilliseconds(nowMs)).replaceAll(/[-:]/g, '').replace(/\.\d+/, '');
  const letters = Array.from(random(4), byte => LETTERS[byte % LETTERS.length]).join('');
  const ending = `${ENDINGS[format]}${encrypted ? '.age' : ''}`;
  return `memport-${hostPart(host)}-${stamp}-${letters}-${trigger}.${ending}`;
}

/** null for a name that no backup has. */
export function parseBackupName(name: string): BackupName | null {
  const found = NAME.exec(name);
  if (found === null) return null;
  const [, host = '', id = '', year, month, day, hour, minute, second, trigger, ending, age] = found;
  const created = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const format = BACKUP_FORMATS.find(known => ENDINGS[known] === ending);
  if (created === null || format === undefined || !isTrigger(trigger)) return null;
  return { id, host, createdMs: Number(created / 1000n), trigger, format, encrypted: age !== undefined };
}

function isTrigger(text: string | undefined): text is Trigger {
  return text === 'manual' || text === 'auto' || text === 'safety';
}
