import { contentHash } from '../../model/identity.ts';
import type { Entry, RecordKind } from '../../model/record.ts';
import { codeText, insertCodeText } from './code-text.ts';
import { CODE_UNIT_COLUMNS, codeUnitColumns } from './code-unit-rows.ts';
import type { Connection, SqlValue } from './connection.ts';
import { MEMORY_COLUMNS, memoryColumns } from './memory-rows.ts';
import { foldTags, insertMemoryText } from './memory-text.ts';
import { textValue } from './text-value.ts';

/** The columns of a row of each kind, in the order of `valuesOf`; `record` and `id` are the last two. */
export const DERIVED: Readonly<Record<RecordKind, { readonly columns: readonly string[] }>> = {
  memory: { columns: MEMORY_COLUMNS },
  code_unit: { columns: CODE_UNIT_COLUMNS },
};

/** The values that a row must have by its record, and by how long its vector is; null without one. */
export function valuesOf(entry: Entry, dimensions: number | null): readonly SqlValue[] {
  const parts = { dimensions, contentHash: Buffer.from(contentHash(entry), 'hex') };
  return entry.kind === 'memory' ? memoryColumns(entry, parts) : codeUnitColumns(entry, parts);
}

/** Puts the words of a record, and the tags of a memory, into indexes that have none of it. */
export function indexWords(connection: Connection, seq: bigint, entry: Entry): void {
  if (entry.kind === 'code_unit') {
    insertCodeText(connection, seq, codeText(entry.record));
    return;
  }
  const tags = foldTags(entry.record.tags);
  insertMemoryText(connection, seq, entry.record.content, tags);
  for (const tag of tags) {
    connection.run('INSERT INTO memory_tags (tag, seq) VALUES (?, ?)', [textValue(tag), seq]);
  }
}
