import { MemportError } from '../../errors.ts';
import type { Session } from '../session.ts';

const ENTER = /[\r\n]/;
const [CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\u0015', '\b', '\u007f'];

/**
 * Asks for secrets on standard error and reads them from the terminal without showing them. While it does, the terminal
 * sends keys one by one and Ctrl-C as one of them. Dispose of it: then the terminal is as it was.
 */
export class SecretQuestions implements Disposable {
  readonly #session: Session;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #decoder = new TextDecoder();
  #typed = '';

  constructor(session: Session) {
    this.#session = session;
    const { stdin } = session.io;
    stdin.setRawMode?.(true);
    this.#chunks = stdin.iterator({ destroyOnReturn: false });
  }

  /** Rejects with `interrupted` at Ctrl-C and at the end of the input. */
  async ask(question: string): Promise<string> {
    await this.#session.say(`${question} `);
    try {
      return await this.#line();
    } finally {
      await this.#session.say('\n');
    }
  }

  async #line(): Promise<string> {
    let line = '';
    for (;;) {
      const key = await this.#key();
      if (ENTER.test(key)) return line;
      if (key === CTRL_C || (key === CTRL_D && line === '')) throw interrupted();
      if (key === CTRL_U) line = '';
      else if (key === BACKSPACE || key === DELETE) line = Array.from(line).slice(0, -1).join('');
      else line += key;
    }
  }

  async #key(): Promise<string> {
    while (this.#typed === '') {
      const next = await this.#next();
      if (next.done === true) throw interrupted();
      const bytes = Buffer.isBuffer(next.value) ? next.value : Buffer.from(String(next.value));
      // Enter may come as both characters at once.
      this.#typed += this.#decoder.decode(bytes, { stream: true }).replaceAll('\r\n', '\n');
    }
    const [key = ''] = this.#typed;
    this.#typed = this.#typed.slice(key.length);
    return key;
  }

  async #next(): Promise<IteratorResult<unknown>> {
    const { signal } = this.#session.io;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(interrupted());
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      return await Promise.race([this.#chunks.next(), aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  [Symbol.dispose](): void {
    const { stdin } = this.#session.io;
    stdin.setRawMode?.(false);
    void this.#chunks.return?.();
    stdin.pause();
  }
}

function interrupted(): MemportError {
  return new MemportError('interrupted', 'interrupted before the passphrase was typed; nothing was changed');
}
