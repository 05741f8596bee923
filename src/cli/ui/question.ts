import { createInterface, type Interface } from 'node:readline';
import { MemportError } from '../../errors.ts';
import type { Session } from '../session.ts';

/** Whether someone sits there who can be asked: on a terminal, without --no-input and --json. */
export function canAsk({ io, json, options }: Session): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true && !json && options.input !== false;
}

/**
 * Asks on standard error and reads lines of standard input. The terminal stays in its usual mode, so Ctrl-C is the
 * signal that it always is. Dispose of it, or the program waits for more input.
 */
export class Questions implements Disposable {
  readonly #session: Session;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor(session: Session) {
    this.#session = session;
    this.#reader = createInterface({ input: session.io.stdin, terminal: false });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Asks until `read` makes something of the answer. Rejects with `interrupted` at Ctrl-C and at the end of the input. */
  async ask<T>(question: string, read: (answer: string) => T | null): Promise<T> {
    for (;;) {
      await this.#session.say(`${question} `);
      const answer = read((await this.#line()).trim());
      if (answer !== null) return answer;
    }
  }

  async #line(): Promise<string> {
    const { signal } = this.#session.io;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(new MemportError('interrupted', 'interrupted'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const line = await Promise.race([this.#lines.next(), aborted]);
      if (line.done !== true) return line.value;
    } catch (error) {
      await this.#session.say('\n');
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
    await this.#session.say('\n');
    throw new MemportError('interrupted', 'the input ended before the answer; nothing was changed');
  }

  [Symbol.dispose](): void {
    this.#reader.close();
  }
}
