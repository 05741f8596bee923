import { Command } from 'commander';
import type { Act } from '../act.ts';
import { cleanupCommand } from './backup/cleanup.ts';
import { backupConfigCommand } from './backup/config.ts';
import { createCommand } from './backup/create.ts';
import { listBackupsCommand, showBackupCommand } from './backup/list.ts';
import { runCommand } from './backup/run.ts';
import { scheduleCommand } from './backup/schedule.ts';
import { verifyCommand } from './backup/verify.ts';
import { diffCommand } from './diff.ts';
import { restoreCommand } from './restore.ts';

export const backupCommand = (act: Act): Command =>
  [
    createCommand,
    listBackupsCommand,
    showBackupCommand,
    verifyCommand,
    restoreCommand,
    cleanupCommand,
    diffCommand,
    runCommand,
    scheduleCommand,
    backupConfigCommand,
  ].reduce(
    (group, make) => group.addCommand(make(act)),
    new Command('backup').description('make, prove, keep and restore backups of the whole store'),
  );
