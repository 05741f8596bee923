import { z } from 'zod';
import { backupRecord } from '../../backup/backup-record.ts';
import type { Backup } from '../../backup/catalog.ts';
import { BACKUP_FORMATS } from '../../backup/name.ts';

export const BACKUP_FORMAT = z.enum(BACKUP_FORMATS);

/** A backup under the names of `memport backup list --json`. */
export const BACKUP = z.object({
  id: z.string().describe('For backup_id.'),
  path: z.string(),
  created: z.string(),
  host: z.string().describe('The machine that made it.'),
  trigger: z.enum(['manual', 'auto', 'safety']).describe('safety: made before a restore.'),
  format: BACKUP_FORMAT,
  encrypted: z.boolean(),
  state: z
    .enum(['verified', 'unverified', 'damaged', 'no_sidecar'])
    .describe(
      'verified: bit for bit what was read in full and proven; unverified: whole, but not proven; no_sidecar: nothing says what it should be.',
    ),
  problem: z.string().nullable().describe('What is wrong; null where nothing is.'),
  bytes: z.int().nullable(),
  memories: z.int().nullable(),
  code_units: z.int().nullable(),
  tombstones: z.int().nullable(),
  vectors: z.int().nullable(),
  sha256: z.string().nullable(),
  content_digest: z.string().nullable(),
  schema_version: z.string().nullable(),
  generator: z.string().nullable(),
  verified_at: z.string().nullable(),
  shrunken: z
    .boolean()
    .nullable()
    .describe('Made after the store had become empty or lost more than half of its records.'),
});

export const BACKUP_ID = z
  .string()
  .min(1)
  .max(100)
  .describe(
    'The id of a backup, its first 4 or more characters, the 4 letters at its end, or latest for the newest whole one.',
  );

/** A backup in a line of text: enough to choose it by. */
export function backupLineOf(backup: Backup): string {
  const { id, created, host, trigger, state, problem, memories, code_units, format, encrypted } =
    backupRecord(backup);
  const what = memories === null ? '' : `, ${memories} memories and ${code_units} code units`;
  const how = `${format}${encrypted ? ', encrypted' : ''}`;
  return `- ${id} (${trigger} on ${host}, ${created}, ${how}${what}): ${state}${problem === null ? '' : `, ${problem}`}`;
}
