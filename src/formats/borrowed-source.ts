import { DelegatingSource } from './delegating-source.ts';
import type { Source } from './source.ts';

/** A source that would close its file, for a file that is another's: only that other is disposed of, where it is given. */
export class BorrowedSource extends DelegatingSource {
  protected readonly inner: Source;
  readonly #owner: AsyncDisposable | null;

  constructor(source: Source, owner: AsyncDisposable | null = null) {
    super();
    this.inner = source;
    this.#owner = owner;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner?.[Symbol.asyncDispose]();
  }
}
