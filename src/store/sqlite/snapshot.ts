import { MemportError } from '../../errors.ts';
import type { Snapshot } from '../store.ts';
import type { Connection } from './connection.ts';
import { SqliteReader } from './reader.ts';
import { storeError } from './store-error.ts';

/** A connection that holds a read transaction: what others commit meanwhile stays in the write-ahead log for it. */
export class SqliteSnapshot extends SqliteReader implements Snapshot {
  readonly #connection: Connection;
  readonly #state: { ended: boolean };
  readonly #onEnd: () => void;

  /** Takes the connection over, also when it throws. */
  constructor(connection: Connection, path: string, onEnd: () => void) {
    const state = { ended: false };
    super(async read => {
      if (state.ended) throw new MemportError('failed', 'the snapshot has ended');
      try {
        return read(connection);
      } catch (error) {
        throw storeError(error, path);
      }
    });
    this.#connection = connection;
    this.#state = state;
    this.#onEnd = onEnd;
    begin(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state.ended) return;
    this.#state.ended = true;
    this.#onEnd();
    this.#connection.close();
  }
}

/** BEGIN alone takes no snapshot: the first read does. */
function begin(connection: Connection): void {
  try {
    connection.execute('BEGIN');
    connection.integer('SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    connection.close();
    throw error;
  }
}
