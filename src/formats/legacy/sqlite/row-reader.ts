import { type JsonObject, type JsonValue, NumberToken } from '../../../model/json.ts';
import type { SourceRecord, SourceReject } from '../../source.ts';
import { type Attachment, usableAttachments } from './attachments.ts';
import { type Cell, type LegacyDatabase, quoted, type Statement } from './database.ts';
import { readVectorCell } from './vector-cell.ts';

export const MEMORIES = 'memories';
const PAGE = 200;
/** A page of long rows is shorter. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** As for JSON: a record of 16 MiB, with room for its vector. */
const MAX_ROW = 17 * 1024 * 1024;
/** So much of each column is shown of a row that is too large. */
const MAX_SHOWN = 1000;
const BEFORE_ALL = -(2n ** 63n);
const EMBEDDING = 'embedding';

/** Reads the rows of the table of memories, in the order in which they were stored, each with what other tables say of it. */
export class RowReader {
  readonly #sizes: Statement;
  readonly #row: Statement;
  readonly #beginning: Statement;
  readonly #attachments: readonly { readonly attachment: Attachment; readonly statement: Statement }[];

  constructor(database: LegacyDatabase, tables: ReadonlyMap<string, readonly string[]>) {
    const columns = (tables.get(MEMORIES) ?? []).map(quoted);
    const size = columns.map(name => `coalesce(octet_length(${name}), 0)`).join(' + ');
    const shown = columns.map(name => `substr(${name}, 1, ${MAX_SHOWN}) AS ${name}`).join(', ');
    this.#sizes = database.prepare(
      `SELECT rowid, ${size} FROM memories WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
    );
    this.#row = database.prepare(`SELECT ${columns.join(', ')} FROM memories WHERE rowid = ?`);
    this.#beginning = database.prepare(`SELECT ${shown} FROM memories WHERE rowid = ?`);
    this.#attachments = usableAttachments(database, tables).map(attachment => {
      database.index(attachment.table, attachment.owner);
      return { attachment, statement: database.prepare(attachment.sql) };
    });
  }

  *pages(): Generator<readonly (SourceRecord | SourceReject)[]> {
    let position = 0;
    let page: (SourceRecord | SourceReject)[] = [];
    let bytes = 0;
    for (const [key, size] of this.#keys()) {
      page.push(this.#read(key, size > MAX_ROW, position++));
      bytes += size;
      if (page.length < PAGE && bytes < PAGE_BYTES) continue;
      yield page;
      page = [];
      bytes = 0;
    }
    if (page.length > 0) yield page;
  }

  /** The key and the size of each row. */
  *#keys(): Generator<readonly [bigint, number]> {
    let after = BEFORE_ALL;
    for (;;) {
      const rows = this.#sizes.all(after).map(([key, size]) => [wholeOf(key ?? null), Number(size)] as const);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last[0];
    }
  }

  #read(key: bigint, tooLarge: boolean, position: number): SourceRecord | SourceReject {
    const statement = tooLarge ? this.#beginning : this.#row;
    const [cells = []] = statement.all(key);
    const row = new Map(statement.columns.map((name, index) => [name, cells[index] ?? null]));
    const id = row.get('id') ?? null;
    const reject = (reason: string): SourceReject => {
      const kept = [...row].filter(([, cell]) => !Buffer.isBuffer(cell)).map(toMember);
      const text = JSON.stringify(Object.fromEntries(kept.map(([name, value]) => [name, plain(value)])));
      return { type: 'reject', kind: 'memory', position, id: id === null ? null : String(id), reason, text };
    };
    if (tooLarge) return reject('larger than 17 MiB');
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

function wholeOf(cell: Cell): bigint {
  return typeof cell === 'bigint' ? cell : 0n;
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
