import type { JsonObject } from '../../../model/json.ts';
import type { RecordKind } from '../../../model/record.ts';
import { isFinite32 } from '../../../model/vector.ts';
import { rejectText } from '../../reject-text.ts';
import type { SourceRecord, SourceReject } from '../../source.ts';
import type { IdColumn } from './id-column.ts';
import { recordId, textOf } from './record-id.ts';
import { type ReadLine, readRecordLine } from './record-line.ts';

/** A vector with the model by which its group is labelled. */
export interface LabelledVector {
  readonly model: string | null;
  readonly vector: Float32Array;
}

/** A record's line (one character for each byte) where it stands. */
export interface PlacedLine {
  readonly kind: RecordKind;
  readonly position: number;
  readonly line: string;
}

/** Makes a record of its line and its own vector. What can't be read as one, or isn't the one in `ids`, is a reject. */
export function sourceRecord(
  placed: PlacedLine,
  ids: IdColumn,
  labelled: LabelledVector | null,
): SourceRecord | SourceReject {
  let text: string;
  let read: ReadLine;
  try {
    text = textOf(placed.line);
    read = readRecordLine(text);
  } catch (error) {
    return reject(placed, error instanceof Error ? error.message : String(error));
  }
  const { id } = read.value;
  if (typeof id !== 'string' || !ids.has(id, placed.position))
    return reject(placed, 'its id is not a UUID, or its text has several');
  const hasEmbedding = Object.hasOwn(read.value, 'embedding');
  const own = labelled === null ? { vector: null, warnings: [] } : ownVector(labelled, read.value);
  return {
    type: 'record',
    kind: placed.kind,
    position: placed.position,
    value: hasEmbedding ? withoutEmbedding(read.value) : read.value,
    line: read.isCanonical && !hasEmbedding ? text : null,
    vector: own.vector,
    warnings: hasEmbedding
      ? [...own.warnings, 'embedding was left out: vectors of an archive stand elsewhere']
      : own.warnings,
  };
}

function ownVector(
  { model, vector }: LabelledVector,
  value: JsonObject,
): { readonly vector: Float32Array | null; readonly warnings: readonly string[] } {
  const label = Object.hasOwn(value, 'embedding_model') ? value.embedding_model : null;
  if (label !== model) return { vector: null, warnings: ['its vector was left out: it is of another model'] };
  if (!isFinite32(vector)) return { vector: null, warnings: ['its vector was left out: it is not finite'] };
  return { vector, warnings: [] };
}

function withoutEmbedding(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'embedding'));
}

function reject({ kind, position, line }: PlacedLine, reason: string): SourceReject {
  const { text, note } = rejectText(Buffer.from(line, 'latin1'));
  return { type: 'reject', kind, position, id: recordId(line), reason: reason + note, text };
}
