import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { FormatName, Source, SourceItem, Verification } from './source.ts';

/** A source that would close its file, for a file that is another's: only that other is disposed of, where it is given. */
export class BorrowedSource implements Source {
  readonly #source: Source;
  readonly #owner: AsyncDisposable | null;

  constructor(source: Source, owner: AsyncDisposable | null = null) {
    this.#source = source;
    this.#owner = owner;
  }

  get format(): FormatName {
    return this.#source.format;
  }

  get version(): string {
    return this.#source.version;
  }

  get schemaVersion(): string {
    return this.#source.schemaVersion;
  }

  get system(): string {
    return this.#source.system;
  }

  get header(): JsonObject {
    return this.#source.header;
  }

  get migrations(): readonly string[] {
    return this.#source.migrations ?? [];
  }

  verify(options?: WorkOptions): Promise<Verification> {
    return this.#source.verify(options);
  }

  read(options?: WorkOptions): AsyncIterable<readonly SourceItem[]> {
    return this.#source.read(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner?.[Symbol.asyncDispose]();
  }
}
