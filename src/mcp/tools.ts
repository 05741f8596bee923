import type { Tool } from './tool.ts';
import { backupStatus } from './tools/backup-status.ts';
import { createBackup } from './tools/create-backup.ts';
import { deleteMemory } from './tools/delete-memory.ts';
import { exportMemories } from './tools/export-memories.ts';
import { getMemory } from './tools/get-memory.ts';
import { importMemories } from './tools/import-memories.ts';
import { indexCodebase } from './tools/index-codebase.ts';
import { listBackups } from './tools/list-backups.ts';
import { listMemories } from './tools/list-memories.ts';
import { restoreFromBackup } from './tools/restore-from-backup.ts';
import { searchCode } from './tools/search-code.ts';
import { searchMemories } from './tools/search-memories.ts';
import { storeMemory } from './tools/store-memory.ts';
import { undoOperation } from './tools/undo-operation.ts';
import { updateMemory } from './tools/update-memory.ts';
import { verifyBackup } from './tools/verify-backup.ts';

/** Every tool that is offered, in the order of tools/list. A new one is a file in tools/ and a line here. */
export const TOOLS: readonly Tool[] = [
  storeMemory,
  searchMemories,
  getMemory,
  listMemories,
  updateMemory,
  deleteMemory,
  exportMemories,
  importMemories,
  restoreFromBackup,
  undoOperation,
  createBackup,
  listBackups,
  verifyBackup,
  backupStatus,
  indexCodebase,
  searchCode,
];
