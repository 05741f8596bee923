import { canonicalJson } from './canonical.ts';
import { formatInstant, type Instant } from './instant.ts';
import { type JsonObject, type JsonValue, withExtra } from './json.ts';

/** A function, class, method, … found by a code indexer. Lines count from 1, bytes from 0; paths are relative with `/`. */
export interface CodeUnit {
  readonly id: string;
  readonly projectName: string;
  readonly filePath: string;
  readonly language: string;
  readonly unitType: string;
  readonly name: string;
  readonly signature: string | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly startByte: number | null;
  readonly endByte: number | null;
  readonly content: string;
  readonly doc: string | null;
  /** Imports as the indexer gave them: names, or objects in records of the original system. */
  readonly imports: readonly JsonValue[];
  readonly complexity: number | null;
  /** sha256 of the file, hexadecimal; null where the source of the record had none. */
  readonly fileHash: string | null;
  readonly indexedAt: Instant;
  readonly embeddingModel: string | null;
  readonly metadata: JsonObject;
  readonly extra: JsonObject;
}

export const CODE_UNIT_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'project_name',
  'file_path',
  'language',
  'unit_type',
  'name',
  'signature',
  'start_line',
  'end_line',
  'start_byte',
  'end_byte',
  'content',
  'doc',
  'imports',
  'complexity',
  'file_hash',
  'indexed_at',
  'embedding_model',
  'embedding',
  'metadata',
]);

/** The record of a code unit under the field names of the files, without its vector. */
export function codeUnitRecord(unit: CodeUnit): JsonObject {
  return withExtra(unit.extra, {
    complexity: unit.complexity,
    content: unit.content,
    doc: unit.doc,
    embedding_model: unit.embeddingModel,
    end_byte: unit.endByte,
    end_line: unit.endLine,
    file_hash: unit.fileHash,
    file_path: unit.filePath,
    id: unit.id,
    imports: unit.imports,
    indexed_at: formatInstant(unit.indexedAt),
    language: unit.language,
    metadata: unit.metadata,
    name: unit.name,
    project_name: unit.projectName,
    signature: unit.signature,
    start_byte: unit.startByte,
    start_line: unit.startLine,
    unit_type: unit.unitType,
  });
}

export function codeUnitLine(unit: CodeUnit): string {
  return canonicalJson(codeUnitRecord(unit));
}
