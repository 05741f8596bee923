import type { RecordKind } from '../../../model/record.ts';
import type { Connection } from '../connection.ts';
import { TABLES } from '../tables.ts';

const PAGE = 500;

/** Gives `work` the place and the line of each record of a kind, in pages, so that a migration holds few at a time. */
export function eachRecord(
  connection: Connection,
  kind: RecordKind,
  work: (seq: number, line: string) => void,
): void {
  const sql = `SELECT seq, record FROM ${TABLES[kind].records} WHERE seq > ? ORDER BY seq LIMIT ?`;
  for (let after = 0; ; ) {
    const rows = connection.all<readonly [number, string]>(sql, [after, PAGE]);
    const last = rows.at(-1);
    if (last === undefined) return;
    [after] = last;
    for (const [seq, line] of rows) work(seq, line);
  }
}
