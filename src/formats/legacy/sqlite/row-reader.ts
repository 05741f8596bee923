import { type JsonObject, type JsonValue, NumberToken } from '../../../model/json.ts';
import type { SourceRecord, SourceReject } from '../../source.ts';
import { type Attachment, usableAttachments } from './attachments.ts';
import { type Cell, type LegacyDatabase, quoted, type Row, type Statement } from './database.ts';
import { readVectorCell } from './vector-cell.ts';

export const MEMORIES = 'memories';
const PAGE = 200;
/** As for JSON: a record of 16 MiB, with room for its vector. */
const MAX_CELL = 17 * 1024 * 1024;
const BEFORE_ALL = -(2n ** 63n);
const EMBEDDING = 'embedding';

/** Reads the rows of the table of memories, in the order in which they were stored, each with what other tables say of it. */
export class RowReader {
  readonly #page: Statement;
  readonly #attachments: readonly { readonly attachment: Attachment; readonly statement: Statement }[];

  constructor(database: LegacyDatabase, tables: ReadonlyMap<string, readonly string[]>) {
    const columns = tables.get(MEMORIES) ?? [];
    const tooLarge = columns.map(name => `coalesce(octet_length(${quoted(name)}), 0) > ${MAX_CELL}`);
    const cells = columns.map(
      name => `iif(octet_length(${quoted(name)}) > ${MAX_CELL}, NULL, ${quoted(name)}) AS ${quoted(name)}`,
    );
    this.#page = database.prepare(
      `SELECT rowid, ${tooLarge.join(' OR ')}, ${cells.join(', ')} FROM memories
       WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
    );
    this.#attachments = usableAttachments(database, tables).map(attachment => {
      database.index(attachment.table, attachment.owner);
      return { attachment, statement: database.prepare(attachment.sql) };
    });
  }

  *pages(): Generator<readonly (SourceRecord | SourceReject)[]> {
    let position = 0;
    let after: bigint = BEFORE_ALL;
    for (;;) {
      const rows = this.#page.all(after);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(row => this.#read(row, position++));
      after = last[0] as bigint;
    }
  }

  #read([, tooLarge, ...cells]: Row, position: number): SourceRecord | SourceReject {
    const row = new Map(this.#page.columns.slice(2).map((name, index) => [name, cells[index] ?? null]));
    const id = row.get('id') ?? null;
    const reject = (reason: string): SourceReject => {
      const kept = [...row].filter(([, cell]) => !Buffer.isBuffer(cell)).map(toMember);
      const text = JSON.stringify(Object.fromEntries(kept.map(([name, value]) => [name, plain(value)])));
      return { type: 'reject', kind: 'memory', position, id: id === null ? null : String(id), reason, text };
    };
    if (tooLarge === 1n) return reject('larger than 17 MiB');
    const { vector, warnings } = readVectorCell(row.get(EMBEDDING) ?? null);
    row.delete(EMBEDDING);
    const binary = [...row].find(([, cell]) => Buffer.isBuffer(cell));
    if (binary !== undefined) return reject(`${binary[0]} is not text`);
    const attached = id === null ? [] : this.#attached(id);
    const value = Object.fromEntries([...[...row].map(toMember), ...attached]);
    return { type: 'record', kind: 'memory', position, value, line: null, vector, warnings };
  }

  #attached(id: Cell): readonly [string, JsonValue][] {
    return this.#attachments.map(({ attachment, statement }) => {
      const rows = statement.all(id).map(cells => {
        const members = statement.columns.map((name, index) => toMember([name, cells[index] ?? null]));
        return Object.fromEntries(members) as JsonObject;
      });
      return [attachment.table, rows];
    });
  }
}

function toMember([name, cell]: readonly [string, Cell]): [string, JsonValue] {
  if (typeof cell === 'bigint') {
    const number = Number(cell);
    return [name, Number.isSafeInteger(number) ? number : new NumberToken(String(cell))];
  }
  if (typeof cell === 'number') return [name, Number.isFinite(cell) ? cell : String(cell)];
  return [name, Buffer.isBuffer(cell) ? cell.toString('base64') : cell];
}

function plain(value: JsonValue): unknown {
  return value instanceof NumberToken ? value.text : value;
}
