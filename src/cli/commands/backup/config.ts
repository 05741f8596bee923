import type { Command } from 'commander';
import type { Act } from '../../act.ts';
import { settingsCommand } from '../config.ts';

/** The settings whose names begin so, or that switch backups. */
const OURS = /^(backup_|enable_auto_backup$|enable_cloud_sync$|cloud_)/;

export const backupConfigCommand = (act: Act): Command =>
  settingsCommand(act, {
    description: 'show and change the settings of backups',
    shows: name => OURS.test(name),
    afterSet: async (session, name, value) => {
      if (name !== 'backup_schedule') return;
      // On demand, as everything that brings a library along.
      const { scheduleCautions } = await import('../../../cron.ts');
      for (const caution of scheduleCautions(String(value))) await session.warn(caution);
    },
  });
