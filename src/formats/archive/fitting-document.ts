import { canonicalJson } from '../../model/canonical.ts';
import type { JsonObject } from '../../model/json.ts';
import { withKeys } from '../../model/json.ts';
import { hasMoreValues } from '../../model/json-values.ts';
import { MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES } from '../../model/limits.ts';

/**
 * The object, or where it is larger than a document of an archive may be, as much of it as fits: its largest members are
 * left out, and `left_out` names them. An archive must not fail because of what only describes it.
 */
export function fittingDocument(value: JsonObject): JsonObject {
  if (fits(value)) return value;
  const bySize = Object.entries(value)
    .map(([name, member]) => ({ name, size: canonicalJson(member).length }))
    .sort((a, b) => b.size - a.size);
  const leftOut: string[] = [];
  for (const { name } of bySize) {
    leftOut.push(name);
    const kept = Object.entries(value).filter(([key]) => !leftOut.includes(key));
    const smaller = withKeys(Object.fromEntries(kept), { left_out: [...leftOut].sort() });
    if (fits(smaller)) return smaller;
  }
  return {};
}

function fits(value: JsonObject): boolean {
  const text = canonicalJson(value);
  return Buffer.byteLength(text) < MAX_DOCUMENT_BYTES && !hasMoreValues(text, MAX_DOCUMENT_VALUES);
}
