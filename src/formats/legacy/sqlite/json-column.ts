import type { JsonValue } from '../../../model/json.ts';
import { parseExactJson } from '../../../model/json-parse.ts';
import { RecordError } from '../../../model/read-fields.ts';

/** The value of a column that holds JSON as text, digits kept; NULL is null. Throws RecordError for any other text. */
export function parseColumn(name: string, value: JsonValue | undefined, warnings: string[]): JsonValue {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new RecordError(`${name} is not JSON`);
  const words: string[] = [];
  try {
    const parsed = parseExactJson(value, { onNonFinite: word => words.push(word) });
    if (words.length > 0)
      warnings.push(`${words.length} NaN or Infinity became text, which JSON has no number for`);
    return parsed;
  } catch (error) {
    if (error instanceof SyntaxError) throw new RecordError(`${name} is not JSON: ${error.message}`);
    throw error;
  }
}
