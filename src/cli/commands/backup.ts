import { Command } from 'commander';
import type { Act } from '../act.ts';
import { cleanupCommand } from './backup/cleanup.ts';
import { createCommand } from './backup/create.ts';
import { listBackupsCommand, showBackupCommand } from './backup/list.ts';
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
  ].reduce(
    (group, make) => group.addCommand(make(act)),
    new Command('backup').description('make, prove, keep and restore backups of the whole store'),
  );
