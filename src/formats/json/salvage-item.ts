import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../../model/json.ts';
import type { SourceItem, SourceRecord, SourceReject } from '../source.ts';
import type { JsonDialect } from './dialect.ts';
import { readElement } from './element.ts';
import type { Fragment } from './record-splitter.ts';

const MAX_REJECT_BYTES = 16 * 1024 * 1024;

/** Makes a record of a fragment of a file whose records have today's shape, its kind told from its members. */
export function salvagedItem(fragment: Fragment, position: number): SourceItem {
  const read = readFragment(fragment, position);
  if (read.type === 'reject') return read;
  const has = (name: string): boolean => Object.hasOwn(read.value, name);
  if (has('id') && has('deleted_at') && !has('content')) return { type: 'tombstone', value: read.value };
  if (!has('id') && has('name') && has('aliases')) return { type: 'project', value: read.value };
  if (!has('id') || !has('content'))
    return unreadable(fragment, position, 'no record: it has no id or no content');
  return has('unit_type') && has('file_path') ? { ...read, kind: 'code_unit' } : read;
}

/** The same for files of another system. */
export function salvagedForeignItem(
  fragment: Fragment,
  position: number,
  dialect: JsonDialect,
  header: JsonObject,
): SourceItem {
  const read = readFragment(fragment, position);
  if (read.type === 'reject') return read;
  if (!Object.hasOwn(read.value, 'content'))
    return unreadable(fragment, position, 'no record: it has no content');
  return dialect.read(elementOf(fragment, position), header) ?? read;
}

function readFragment(fragment: Fragment, position: number): SourceRecord | SourceReject {
  if (!fragment.isWhole) return unreadable(fragment, position, 'damaged: it has no end');
  if (!isUtf8(fragment.bytes)) return unreadable(fragment, position, 'damaged: it is not UTF-8');
  return readElement(elementOf(fragment, position), 'memory');
}

function elementOf({ bytes, depth, isCut }: Fragment, position: number) {
  return { type: 'element', array: 'memories', position, offset: 0, bytes, depth, cut: isCut } as const;
}

/** Its text is kept, with U+FFFD for what is no character. */
export function unreadable({ bytes }: Fragment, position: number, reason: string): SourceReject {
  const text = bytes.toString('utf8', 0, MAX_REJECT_BYTES);
  const id = /"id"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1] ?? null;
  return { type: 'reject', kind: 'memory', position, id, reason, text };
}
