import type { Config } from '../config.ts';
import type { RetentionRules } from './retention.ts';

/** Safety backups count apart. */
const SAFETY_BACKUPS = 3;

/** The rules of the settings. */
export function retentionRules(config: Config): RetentionRules {
  return {
    last: config.backup_retention_count,
    daily: config.backup_keep_daily,
    weekly: config.backup_keep_weekly,
    monthly: config.backup_keep_monthly,
    safety: SAFETY_BACKUPS,
  };
}
