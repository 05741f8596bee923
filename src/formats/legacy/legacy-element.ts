import { canonicalJson } from '../../model/canonical.ts';
import { MAX_JSON_DEPTH } from '../../model/json.ts';
import { readElement, rejectElement } from '../json/element.ts';
import type { JsonElement } from '../json/scanner.ts';
import type { SourceRecord, SourceReject } from '../source.ts';

/** What is moved into the metadata of a code unit stands this much deeper. */
const MOVED_BY = 2;

/** Reads one element of the original's memories and converts it. What gets nested too deep by that is a reject. */
export function readLegacyElement(
  element: JsonElement,
  convert: (read: SourceRecord) => SourceRecord | SourceReject,
): SourceRecord | SourceReject {
  const read = readElement(element, 'memory');
  if (read.type === 'reject') return read;
  const record = convert(read);
  if (record.type === 'reject') return record;
  if (element.depth + MOVED_BY <= MAX_JSON_DEPTH || !isTooDeep(record)) return record;
  return rejectElement(element, record.kind, `nested deeper than ${MAX_JSON_DEPTH} as a code unit`);
}

/** What was read is within the limit, so nothing but what was moved can be too deep to be written. */
function isTooDeep({ value }: SourceRecord): boolean {
  try {
    canonicalJson(value);
    return false;
  } catch {
    return true;
  }
}
