import { z } from 'zod';
import { age } from '../backup/age.ts';
import type { McpHost } from './host.ts';

/** So many runs are told of. */
const RUNS = 10;

const RUN = z.object({
  slot: z.string(),
  slots: z.int(),
  started_at: z.string(),
  finished_at: z.string(),
  result: z.enum(['made', 'unchanged', 'failed']),
  attempts: z.int(),
  backup: z.string().nullable(),
  error: z.string().nullable(),
});

/** How the backups stand, as tools and resources tell it: as `memport status --json`, with more of the runs. */
export const BACKUP_HEALTH = z.object({
  warnings: z.array(z.string()).describe('What needs attention; empty when all is well.'),
  destination: z.string().describe('The folder where backups go.'),
  newest_verified: z
    .object({ id: z.string(), path: z.string(), created: z.string(), age_seconds: z.int() })
    .nullable()
    .describe('The newest backup that is proven and whole; safety backups aside.'),
  enabled: z.boolean().describe('Whether backups are made by themselves.'),
  schedule: z.string(),
  timezone: z.string().nullable().describe("null: the machine's."),
  next_run: z.string().nullable(),
  retry: z
    .object({ slot: z.string(), attempts: z.int(), next_attempt_at: z.string(), error: z.string() })
    .nullable()
    .describe('A backup that failed and is tried again.'),
  last_run: RUN.nullable(),
  runs: z.array(RUN).describe(`The last ${RUNS} automatic runs, the newest first.`),
});

type Health = z.input<typeof BACKUP_HEALTH>;

/** Reads how they stand; nothing but wrong settings fails it. */
export async function readBackupHealth(host: McpHost, signal?: AbortSignal): Promise<Health> {
  const { backupStatus } = await import('../backup/backup-status.ts');
  const { readState } = await import('../backup/schedule/state.ts');
  const { home, env } = host;
  const status = await backupStatus({ home, env, config: host.config(), nowMs: host.now(), signal });
  const { runs } = await readState(home.state, undefined, 'look');
  return { ...status, warnings: [...status.warnings], runs: runs.slice(0, RUNS) };
}

export function healthText(health: Health): string {
  const { warnings, newest_verified: newest, enabled, schedule, timezone, next_run, last_run } = health;
  return [
    ...warnings.map(warning => `Warning: ${warning}.`),
    ...(newest === null
      ? []
      : [
          `The newest verified backup is ${newest.id}, made ${newest.created}: ${age(0, newest.age_seconds * 1000)} old.`,
        ]),
    enabled
      ? `Automatic backups are on: ${schedule}${timezone === null ? '' : ` in ${timezone}`}, next at ${next_run ?? 'no time'}.`
      : 'Automatic backups are off; the user switches them on with memport backup config set enable_auto_backup true.',
    ...(last_run === null ? [] : [`The last automatic run, ${last_run.finished_at}: ${last_run.result}.`]),
    ...(warnings.length === 0 ? [] : ['Tell the user. create_backup makes a backup now.']),
  ].join('\n');
}
