import { z } from 'zod';
import { age } from '../backup/age.ts';
import { backupRecord } from '../backup/backup-record.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { McpHost } from './host.ts';
import { BACKUP } from './schemas/backup.ts';

/** So many runs are told of. */
const RUNS = 10;

/** How the backups stand, as tools and resources tell it. */
export const BACKUP_HEALTH = z.object({
  warnings: z.array(z.string()).describe('What is wrong; empty when all is well.'),
  newest_verified: BACKUP.nullable(),
  age_seconds: z
    .int()
    .nullable()
    .describe('Since it was made, or since a run of the schedule last found the store as it holds it.'),
  enabled: z.boolean().describe('Whether backups are made by themselves.'),
  schedule: z.string(),
  timezone: z.string().nullable().describe("null: the machine's."),
  next_run: z.string().nullable(),
  retry: z
    .object({ slot: z.string(), attempts: z.int(), next_attempt_at: z.string(), error: z.string() })
    .nullable()
    .describe('A backup that failed and is tried again.'),
  runs: z
    .array(
      z.object({
        slot: z.string(),
        slots: z.int(),
        started_at: z.string(),
        finished_at: z.string(),
        result: z.enum(['made', 'unchanged', 'failed']),
        attempts: z.int(),
        backup: z.string().nullable(),
        error: z.string().nullable(),
      }),
    )
    .describe(`The last ${RUNS} automatic runs, the newest first.`),
  folders: z.array(z.string()).describe('Where backups are.'),
  encrypted: z.boolean().describe('Whether new backups are encrypted.'),
});

/** Reads how they stand; nothing but wrong settings fails it. */
export async function readBackupHealth(
  host: McpHost,
  work: WorkOptions = {},
): Promise<z.input<typeof BACKUP_HEALTH>> {
  const { backupHealth } = await import('../backup/health.ts');
  const { enable_auto_backup: enabled, backup_schedule, backup_timezone, backup_encrypt } = host.config();
  const folders = host.backupFolders();
  const nowMs = host.now();
  const { schedule, newest, currentMs, warnings } = await backupHealth(
    {
      folders,
      stateFile: host.home.state,
      schedule: { enabled, schedule: backup_schedule, timezone: backup_timezone },
      nowMs,
    },
    work,
  );
  return {
    warnings: [...warnings],
    newest_verified: newest === null ? null : backupRecord(newest),
    age_seconds: currentMs === null ? null : Math.max(0, Math.floor((nowMs - currentMs) / 1000)),
    ...schedule,
    runs: schedule.runs.slice(0, RUNS),
    folders: folders.map(({ folder }) => folder),
    encrypted: backup_encrypt,
  };
}

export function healthText(health: z.input<typeof BACKUP_HEALTH>, nowMs: number): string {
  const {
    warnings,
    newest_verified: newest,
    age_seconds,
    enabled,
    schedule,
    timezone,
    next_run,
    runs,
  } = health;
  const [last] = runs;
  const lines = [
    ...warnings.map(warning => `Warning: ${warning}.`),
    newest === null || age_seconds === null
      ? 'No verified backup.'
      : `The newest verified backup is ${newest.id}, of ${newest.memories} memories and ${newest.code_units} code units; it was up to date ${ago(nowMs - age_seconds * 1000, nowMs)}.`,
    enabled
      ? `Automatic backups are on: ${schedule}${timezone === null ? '' : ` in ${timezone}`}; the next is at ${next_run ?? 'no time'}.`
      : 'Automatic backups are off; the user switches them on with memport backup config set enable_auto_backup true.',
    ...(last === undefined ? [] : [`The last automatic run, ${last.finished_at}: ${last.result}.`]),
    ...(warnings.length === 0 ? [] : ['Tell the user. create_backup makes a backup now.']),
  ];
  return lines.join('\n');
}

function ago(ms: number, nowMs: number): string {
  const words = age(ms, nowMs);
  return words === 'now' ? 'just now' : `${words} ago`;
}
