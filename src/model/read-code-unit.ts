import { CODE_UNIT_FIELDS, type CodeUnit } from './code-unit.ts';
import { adoptId } from './id.ts';
import type { JsonObject } from './json.ts';
import { FieldReader, RecordError } from './read-fields.ts';
import { checkContent, type ReadContext, readProjectName, withSource } from './read-memory.ts';

/** Makes a CodeUnit of a record under the field names of spec 1.2. Throws RecordError when it can't be stored. */
export function readCodeUnit(record: JsonObject, context: ReadContext): CodeUnit {
  const fields = new FieldReader(record, context.warn);
  const { id, original } = adoptId(fields.filledText('id'), context.system);
  const projectName = readProjectName(fields);
  if (!projectName) throw new RecordError('project_name is missing');
  const content = fields.text('content');
  checkContent(content);
  const indexedAt = fields.optionalInstant('indexed_at');
  if (indexedAt === null) throw new RecordError('indexed_at is missing');
  return {
    id,
    projectName,
    filePath: fields.filledText('file_path'),
    language: fields.optionalText('language') ?? 'text',
    unitType: fields.filledText('unit_type'),
    name: fields.text('name'),
    signature: fields.optionalText('signature'),
    startLine: fields.optionalInteger('start_line') ?? 1,
    endLine: fields.optionalInteger('end_line') ?? 1,
    startByte: fields.optionalInteger('start_byte'),
    endByte: fields.optionalInteger('end_byte'),
    content,
    doc: fields.optionalText('doc'),
    imports: fields.list('imports'),
    complexity: fields.optionalNumber('complexity'),
    fileHash: fields.optionalText('file_hash'),
    indexedAt,
    embeddingModel: fields.optionalText('embedding_model'),
    metadata: withSource(fields.object('metadata'), { id: original }),
    extra: fields.others(CODE_UNIT_FIELDS),
  };
}
