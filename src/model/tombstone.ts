import { canonicalJson } from './canonical.ts';
import { isId } from './id.ts';
import { formatInstant, type Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import { FieldReader, RecordError, type Warn } from './read-fields.ts';
import { RECORD_KINDS, type RecordKind } from './record.ts';

/** What a deletion leaves behind. */
export interface Tombstone {
  readonly id: string;
  readonly kind: RecordKind;
  readonly deletedAt: Instant;
  /** contentHash of what was deleted, hexadecimal. */
  readonly contentHash: string;
}

export function tombstoneLine(tombstone: Tombstone): string {
  return canonicalJson({
    content_hash: tombstone.contentHash,
    deleted_at: formatInstant(tombstone.deletedAt),
    id: tombstone.id,
    kind: tombstone.kind,
  });
}

export function readTombstone(record: JsonObject, warn: Warn): Tombstone {
  const fields = new FieldReader(record, warn);
  const id = fields.filledText('id');
  if (!isId(id)) throw new RecordError('id is not a UUID');
  const deletedAt = fields.optionalInstant('deleted_at');
  if (deletedAt === null) throw new RecordError('deleted_at is missing');
  return {
    id,
    kind: fields.choice('kind', RECORD_KINDS, 'memory'),
    deletedAt,
    contentHash: fields.text('content_hash'),
  };
}
