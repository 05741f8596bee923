import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { FormatName, ReadOptions, Source, SourceItem, Verification } from './source.ts';

/** A source that is another one but for what its subclass says. */
export abstract class DelegatingSource implements Source {
  protected abstract get inner(): Source;

  get format(): FormatName {
    return this.inner.format;
  }

  get version(): string {
    return this.inner.version;
  }

  get schemaVersion(): string {
    return this.inner.schemaVersion;
  }

  get system(): string {
    return this.inner.system;
  }

  get header(): JsonObject {
    return this.inner.header;
  }

  get migrations(): readonly string[] {
    return this.inner.migrations ?? [];
  }

  verify(options: WorkOptions = {}): Promise<Verification> {
    return this.inner.verify(options);
  }

  read(options: ReadOptions = {}): AsyncIterable<readonly SourceItem[]> {
    return this.inner.read(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inner[Symbol.asyncDispose]();
  }
}
