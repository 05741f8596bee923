import { messageOf } from '../../../errors.ts';
import type { ContentDigest } from '../../../model/digest.ts';
import type { JsonObject } from '../../../model/json.ts';
import { parseRecordLine } from '../../../model/json-parse.ts';
import { damaged } from '../damage.ts';
import type { Manifest } from '../manifest.ts';
import type { IdColumn } from './id-column.ts';
import type { RecordArray, RecordFileName } from './record-files.ts';
import { recordId, textOf } from './record-id.ts';
import type { RecordLineSink } from './record-lines.ts';

/** Proves the order and the uniqueness of what stands in a file of records, and feeds the content digest. */
export class RecordVerifier implements RecordLineSink {
  readonly #file: RecordFileName;
  readonly #manifest: Manifest;
  readonly #ids: IdColumn;
  readonly #digest: ContentDigest;
  #lastTombstone = '';

  constructor(file: RecordFileName, manifest: Manifest, ids: IdColumn, digest: ContentDigest) {
    this.#file = file;
    this.#manifest = manifest;
    this.#ids = ids;
    this.#digest = digest;
  }

  line(array: RecordArray, line: string, position: number): void {
    switch (array.name) {
      case 'memories':
      case 'semantic_units':
        // A line without an id is no reason to refuse the others: it is rejected when the records are read.
        if (this.#ids.push(recordId(line)) === 'not larger')
          throw damaged(`${this.#file} has an id twice, or out of order, at record ${position + 1}.`);
        return;
      case 'tombstones':
        this.#tombstone(this.#parse(line));
        return;
      case 'projects':
        if (this.#parse(line).name !== this.#manifest.projects[position])
          throw damaged(`${this.#file} has other projects than the manifest.`);
    }
  }

  bytes(array: RecordArray, bytes: Buffer, count: number): void {
    if (array.name === 'memories') this.#digest.bytes('memory', bytes, count);
    if (array.name === 'semantic_units') this.#digest.bytes('code_unit', bytes, count);
  }

  #tombstone(tombstone: JsonObject): void {
    const { kind, id } = tombstone;
    if (typeof kind !== 'string' || typeof id !== 'string')
      throw damaged(`${this.#file} has a tombstone without a kind or an id.`);
    const place = `${kind} ${id}`;
    if (place <= this.#lastTombstone) throw damaged(`${this.#file} has a tombstone twice, or out of order.`);
    this.#lastTombstone = place;
  }

  #parse(line: string): JsonObject {
    try {
      return parseRecordLine(textOf(line));
    } catch (error) {
      throw damaged(`${this.#file} holds a line that can not be read: ${messageOf(error)}.`, error);
    }
  }
}
