import { hash } from 'node:crypto';
import type { Entry } from './record.ts';

/**
 * sha256 (hexadecimal) of what makes two records with different ids the same note: content, category, scope and
 * project of a memory; project, path, name and content of a code unit.
 */
export function contentHash(entry: Entry): string {
  const parts =
    entry.kind === 'memory'
      ? [entry.record.category, entry.record.scope, entry.record.projectName, entry.record.content]
      : [entry.record.projectName, entry.record.filePath, entry.record.name, entry.record.content];
  return hash('sha256', JSON.stringify([entry.kind, ...parts]), 'hex');
}
