import { formatInstant, parseInstant } from '../../model/instant.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';

/**
 * The `created_at` for a record that has neither date: when the file was written, which is the only thing known. The
 * original wrote that in local time without a zone; it is read as UTC, with a warning. Empty where there is nothing to add.
 */
export function dateOfExport(
  record: JsonObject,
  exportedAt: JsonValue | undefined,
  warnings: string[],
): JsonObject {
  const { created_at: created = null, updated_at: updated = null } = record;
  if (created !== null) return {};
  if (updated !== null) return { created_at: updated };
  const date = typeof exportedAt === 'string' ? parseInstant(expanded(exportedAt)) : null;
  if (date === null) return {};
  warnings.push('it has no date: dated as the export, whose time is read as UTC');
  return { created_at: formatInstant(date) };
}

/** The terminal browser writes `YYYYmmdd_HHMMSS`. */
function expanded(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6');
}
