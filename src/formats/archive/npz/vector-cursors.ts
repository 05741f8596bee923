import type { KindIndex } from '../archive-index.ts';
import type { Container } from '../container/container.ts';
import { MAX_STREAM_GROUPS } from '../layout.ts';
import { VectorCursor } from './vector-cursor.ts';

/** Each open cursor holds a block or two. */
const MOST_OPEN = 8;

/** The cursors of all groups of one kind of record, of which only those used last are open. */
export class VectorCursors {
  readonly #cursors: readonly VectorCursor[];
  readonly #mostOpen: number;
  /** The one used last comes last. */
  readonly #open = new Set<VectorCursor>();

  constructor(container: Container, index: KindIndex, signal: AbortSignal | undefined) {
    this.#cursors = index.groups.map(
      (group, number) => new VectorCursor(container, group, index.starts[number] ?? 0, signal),
    );
    // A stream can't be reopened in its middle.
    this.#mostOpen = container.blocked ? MOST_OPEN : MAX_STREAM_GROUPS;
  }

  /** The next vector of a group where that needs no file; else null. */
  ready(group: number): Float32Array | null {
    return this.#cursors[group]?.ready() ?? null;
  }

  /** The next vector of a group; null where there is no such group. */
  async next(group: number): Promise<Float32Array | null> {
    const cursor = this.#cursors[group];
    if (cursor === undefined) return null;
    const ready = cursor.ready();
    if (ready !== null) return ready;
    await this.#makeRoom(cursor);
    const vector = await cursor.next();
    if (cursor.isOpen) this.#open.add(cursor);
    return vector;
  }

  async close(): Promise<void> {
    for (const cursor of this.#open) await cursor.close();
    this.#open.clear();
  }

  async #makeRoom(cursor: VectorCursor): Promise<void> {
    this.#open.delete(cursor);
    const [oldest] = this.#open;
    if (oldest === undefined || this.#open.size < this.#mostOpen) return;
    this.#open.delete(oldest);
    await oldest.park();
  }
}
