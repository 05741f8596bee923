import type { JsonObject } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { olderSchema, SCHEMA } from '../json/versions.ts';
import type { FormatName, Source, SourceItem, Verification } from '../source.ts';
import { type Migration, migrate, migrationName, planMigrations } from './migration.ts';

const MEMPORT = 'memport';

/** Gives the records of an older memport file today's shape, by the steps of a registry. Other sources do so themselves. */
export class MigratedSource implements Source {
  readonly #source: Source;
  readonly #registry: readonly Migration[];

  constructor(source: Source, registry: readonly Migration[]) {
    this.#source = source;
    this.#registry = registry;
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
    const steps = this.#plan() ?? [];
    return [...steps.map(migrationName), ...(this.#source.migrations ?? [])];
  }

  async verify(options: WorkOptions = {}): Promise<Verification> {
    const verification = await this.#source.verify(options);
    if (this.#plan() !== null) return verification;
    const note = `no migration leads from schema ${this.#shape()}: its records are read as those of ${SCHEMA}`;
    return { ...verification, warnings: [...verification.warnings, note] };
  }

  async *read(options: WorkOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    const steps = this.#plan() ?? [];
    const { header } = this.#source;
    for await (const items of this.#source.read(options)) {
      yield steps.length === 0
        ? items
        : items.map(item => (item.type === 'record' ? migrate(steps, item, header) : item));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }

  /** Asked anew each time: which system wrote a JSON file may be known only after it was verified. */
  #plan(): readonly Migration[] | null {
    if (this.#source.system !== MEMPORT) return [];
    return planMigrations(this.#registry, `${MEMPORT} ${this.#shape()}`, `${MEMPORT} ${SCHEMA}`);
  }

  #shape(): string {
    return olderSchema(this.#source.schemaVersion) ?? SCHEMA;
  }
}
