import { type JsonObject, type JsonValue, NumberToken } from '../../model/json.ts';
import { RecordError } from '../../model/read-fields.ts';
import type { SourceRecord, SourceReject } from '../source.ts';
import { wholeText } from '../whole-text.ts';

/**
 * One step from an older shape of records to a younger one. Shapes are named `<system> <version>`. Steps stay as they
 * are for ever: a file of any age takes the same way again.
 */
export interface Migration {
  readonly from: string;
  readonly to: string;
  /** What the step does, for people. */
  readonly describe: string;
  /** Pure: the record, and what the file says of itself. Throws RecordError for a record that can't be taken along. */
  apply(record: SourceRecord, header: JsonObject): SourceRecord;
}

/** How a step is called in reports: `claude-memory-server feat044 → 3.0.0`. */
export function migrationName({ from, to }: Migration): string {
  const system = from.slice(0, from.lastIndexOf(' ') + 1);
  return `${from} → ${to.startsWith(system) ? to.slice(system.length) : to}`;
}

/** The steps that lead from one shape to another, in order; null where none do. */
export function planMigrations(
  registry: readonly Migration[],
  from: string,
  to: string,
): readonly Migration[] | null {
  const steps: Migration[] = [];
  for (let shape = from; shape !== to; ) {
    const step = registry.find(candidate => candidate.from === shape);
    if (step === undefined || steps.includes(step)) return null;
    steps.push(step);
    shape = step.to;
  }
  return steps;
}

/** Takes one record through the steps. What can't be taken along becomes a reject with the record as it was. */
export function migrate(
  steps: readonly Migration[],
  record: SourceRecord,
  header: JsonObject,
): SourceRecord | SourceReject {
  try {
    return steps.reduce((migrated, step) => step.apply(migrated, header), record);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    const { kind, position, value } = record;
    return {
      type: 'reject',
      kind,
      position,
      id: idText(value.id),
      reason: error.message,
      text: wholeText(record),
    };
  }
}

function idText(id: JsonValue | undefined): string | null {
  if (typeof id === 'string') return id;
  if (typeof id === 'number') return String(id);
  return id instanceof NumberToken ? id.text : null;
}
