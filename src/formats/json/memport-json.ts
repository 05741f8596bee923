import { MemportError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { SourceItem } from '../source.ts';
import { checkCount, type Found, type JsonDialect, SHARED_MEMBERS } from './dialect.ts';
import { readElement } from './element.ts';
import type { JsonElement } from './scanner.ts';

const KINDS: Readonly<Record<string, 'memory' | 'code_unit' | 'tombstone'>> = {
  memories: 'memory',
  code_units: 'code_unit',
  tombstones: 'tombstone',
};

/** Files that memport wrote: records as they are, and counts that must be there and be true. */
export const MEMPORT_JSON: JsonDialect = {
  format: 'memport-json',
  system: 'memport',
  versions: ['version', 'schema_version'],
  members: new Set([...SHARED_MEMBERS, 'generator', 'code_unit_count', 'tombstone_count']),
  migrations: [],

  claims({ members }): boolean {
    const generator = members.get('generator');
    return typeof generator === 'string' && generator.startsWith('memport');
  },

  kindOf: element => KINDS[element.array] ?? null,

  check(header: JsonObject, found: Found): readonly string[] {
    if (!checkCount(header, 'memory_count', found.memories))
      throw new MemportError('integrity', 'memory_count is missing');
    if (!checkCount(header, 'code_unit_count', found.codeUnits) && found.codeUnits > 0)
      throw new MemportError('integrity', 'code_unit_count is missing');
    checkCount(header, 'tombstone_count', found.tombstones);
    return [];
  },

  read(element: JsonElement): SourceItem | null {
    const kind = this.kindOf(element);
    if (kind !== 'tombstone') return kind === null ? null : readElement(element, kind);
    const read = readElement(element, 'memory');
    return read.type === 'record' ? { type: 'tombstone', value: read.value } : read;
  },
};
