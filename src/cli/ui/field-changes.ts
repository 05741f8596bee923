import type { FieldChange } from '../../transfer/changes.ts';
import { truncate, visible } from './text.ts';

/** Both values of each member that differs, three lines a member; of a vector only that it is another. */
export function fieldChangeLines(changes: readonly FieldChange[]): readonly string[] {
  return changes.flatMap(({ field, before, after }) =>
    field === 'embedding' && before === null && after === null
      ? ['    embedding: another vector']
      : [
          `    ${visible(field)}`,
          `      - ${truncate(before ?? '(none)', 120)}`,
          `      + ${truncate(after ?? '(none)', 120)}`,
        ],
  );
}
