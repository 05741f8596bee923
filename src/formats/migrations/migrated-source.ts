import type { WorkOptions } from '../../model/progress.ts';
import { DelegatingSource } from '../delegating-source.ts';
import { olderSchema, SCHEMA } from '../json/versions.ts';
import type { ReadOptions, Source, SourceItem, Verification } from '../source.ts';
import { type Migration, migrate, migrationName, planMigrations } from './migration.ts';

const MEMPORT = 'memport';

/** Gives the records of an older memport file today's shape, by the steps of a registry. Other sources do so themselves. */
export class MigratedSource extends DelegatingSource {
  protected readonly inner: Source;
  readonly #registry: readonly Migration[];

  constructor(source: Source, registry: readonly Migration[]) {
    super();
    this.inner = source;
    this.#registry = registry;
  }

  override get migrations(): readonly string[] {
    const steps = this.#plan() ?? [];
    return [...steps.map(migrationName), ...(this.inner.migrations ?? [])];
  }

  override async verify(options: WorkOptions = {}): Promise<Verification> {
    const verification = await this.inner.verify(options);
    if (this.#plan() !== null) return verification;
    const note = `no migration leads from schema ${this.#shape()}: its records are read as those of ${SCHEMA}`;
    return { ...verification, warnings: [...verification.warnings, note] };
  }

  override async *read(options: ReadOptions = {}): AsyncGenerator<readonly SourceItem[]> {
    const steps = this.#plan() ?? [];
    const { header } = this.inner;
    for await (const items of this.inner.read(options)) {
      yield steps.length === 0
        ? items
        : items.map(item => (item.type === 'record' ? migrate(steps, item, header) : item));
    }
  }

  /** Asked anew each time: which system wrote a JSON file may be known only after it was verified. */
  #plan(): readonly Migration[] | null {
    if (this.inner.system !== MEMPORT) return [];
    return planMigrations(this.#registry, `${MEMPORT} ${this.#shape()}`, `${MEMPORT} ${SCHEMA}`);
  }

  #shape(): string {
    return olderSchema(this.inner.schemaVersion) ?? SCHEMA;
  }
}
