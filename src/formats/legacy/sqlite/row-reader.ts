import { canonicalJson } from '../../../model/canonical.ts';
import { type JsonObject, type JsonValue, NumberToken } from '../../../model/json.ts';
import { MAX_RECORD_VALUES } from '../../../model/limits.ts';
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
/** So much of each column is shown of a row that is too large, nothing of one that would have to be read into memory. */
const MAX_SHOWN = 1000;
const MAX_SHOWN_OF = 64 * 1024 * 1024;
/** What other tables may say of one memory; a record can't hold more values. */
const MAX_ATTACHED = { rows: MAX_RECORD_VALUES / 4, bytes: MAX_ROW };
const BEFORE_ALL = -(2n ** 63n);
const EMBEDDING = 'embedding';

/** Reads the rows of the table of memories, in the order in which they were stored, each with what other tables say of it. */
export class RowReader {
  readonly #sizes: Statement;
  readonly #row: Statement;
  readonly #beginning: Statement;
  /** The bytes of each column, in the encoding of the database. */
  readonly #bytes: Statement;
  readonly #encode: (text: string) => Buffer;
  /** Of UTF-16, where it may be any character, not only U+FFFD. */
  readonly #isWide: boolean;
  readonly #attachments: readonly { readonly attachment: Attachment; readonly statement: Statement }[];

  constructor(database: LegacyDatabase, tables: ReadonlyMap<string, readonly string[]>) {
    const columns = (tables.get(MEMORIES) ?? []).map(quoted);
    const size = columns.map(name => `coalesce(octet_length(${name}), 0)`).join(' + ');
    const shown = columns.map(name => `${beginningOf(name)} AS ${name}`).join(', ');
    this.#sizes = database.prepare(
      `SELECT rowid, ${size} FROM memories WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
    );
    this.#row = database.prepare(`SELECT ${columns.join(', ')} FROM memories WHERE rowid = ?`);
    this.#beginning = database.prepare(`SELECT ${shown} FROM memories WHERE rowid = ?`);
    const bytes = columns.map(name => `CAST(${name} AS BLOB) AS ${name}`).join(', ');
    this.#bytes = database.prepare(`SELECT ${bytes} FROM memories WHERE rowid = ?`);
    const [[encoding = null] = []] = database.all('PRAGMA encoding');
    this.#isWide = encoding !== 'UTF-8';
    this.#encode = encoder(encoding);
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
      const text = canonicalJson(Object.fromEntries([...row].map(toMember)));
      return { type: 'reject', kind: 'memory', position, id: id === null ? null : String(id), reason, text };
    };
    if (tooLarge)
      return reject(`larger than 17 MiB; only the first ${MAX_SHOWN} characters of each column are kept`);
    const binary = [...row].find(([name, cell]) => name !== EMBEDDING && Buffer.isBuffer(cell));
    if (binary !== undefined) return reject(`${binary[0]} is not text`);
    const broken = this.#brokenText(key, row);
    if (broken !== null) {
      row.set(broken.name, broken.bytes);
      return reject(`${broken.name} is not text: it has bytes that are no character`);
    }
    const { vector, warnings } = readVectorCell(row.get(EMBEDDING) ?? null);
    row.delete(EMBEDDING);
    const attached = id === null ? [] : this.#attached(id);
    if (typeof attached === 'string') return reject(`too much belongs to it in ${attached}`);
    const value = Object.fromEntries([...[...row].map(toMember), ...attached]);
    return { type: 'record', kind: 'memory', position, value, line: null, vector, warnings };
  }

  /** The first text of a row that SQLite could not give as it is stored: it makes another character of what is none. */
  #brokenText(key: bigint, row: ReadonlyMap<string, Cell>): { name: string; bytes: Buffer } | null {
    const isDoubtful = (cell: Cell): boolean =>
      typeof cell === 'string' && (this.#isWide || cell.includes('\ufffd'));
    if (![...row.values()].some(isDoubtful)) return null;
    const [stored = []] = this.#bytes.all(key);
    for (const [index, [name, cell]] of [...row].entries()) {
      const bytes = stored[index];
      if (typeof cell === 'string' && Buffer.isBuffer(bytes) && !this.#encode(cell).equals(bytes))
        return { name, bytes };
    }
    return null;
  }

  /** The name of a table which has more to say of the memory than a record can hold. */
  #attached(id: Cell): readonly [string, JsonValue][] | string {
    const attached: [string, JsonValue][] = [];
    for (const { attachment, statement } of this.#attachments) {
      const found = statement.upTo(MAX_ATTACHED, id);
      if (found === null) return attachment.table;
      const rows = found.map(cells => {
        const members = statement.columns.map((name, index) => toMember([name, cells[index] ?? null]));
        return Object.fromEntries(members) as JsonObject;
      });
      attached.push([attachment.table, rows]);
    }
    return attached;
  }
}

function beginningOf(name: string): string {
  return `CASE WHEN octet_length(${name}) <= ${MAX_SHOWN_OF} THEN substr(${name}, 1, ${MAX_SHOWN}) END`;
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
  return [name, Buffer.isBuffer(cell) ? { base64: cell.toString('base64') } : cell];
}

/** Gives a text the bytes that it is stored as. */
function encoder(encoding: Cell): (text: string) => Buffer {
  if (encoding === 'UTF-16le') return text => Buffer.from(text, 'utf16le');
  if (encoding === 'UTF-16be') return text => Buffer.from(text, 'utf16le').swap16();
  return text => Buffer.from(text, 'utf8');
}
