import { DelegatingSource } from './delegating-source.ts';
import type { Source } from './source.ts';

/** A source that would close its file, for a file that is another's: it stays open. */
export class BorrowedSource extends DelegatingSource {
  protected readonly inner: Source;

  constructor(source: Source) {
    super();
    this.inner = source;
  }

  override async [Symbol.asyncDispose](): Promise<void> {}
}
