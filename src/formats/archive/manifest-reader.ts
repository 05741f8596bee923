import { MemportError, messageOf } from '../../errors.ts';
import { parseInstant } from '../../model/instant.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';
import { MAX_DIMENSIONS, MAX_MANIFEST_VALUES } from '../../model/limits.ts';
import { FieldReader } from '../../model/read-fields.ts';
import { damaged } from './damage.ts';
import { CODE_UNIT_VECTORS, MANIFEST, MAX_VECTOR_GROUPS, MEMORY_VECTORS } from './layout.ts';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  archiveMembers,
  type Manifest,
  SCHEMA_VERSION,
} from './manifest.ts';
import { arrayNames, compareGroups, type VectorGroup } from './npz/vector-group.ts';

export interface ReadManifest {
  readonly manifest: Manifest;
  /** The manifest as it stands in the file. */
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}

/**
 * Reads manifest.json. Throws `newer_version` for a newer major version of the format or the schema, and `integrity`
 * for anything that it must not say. A newer minor version is read, with a warning.
 */
export function readManifest(bytes: Buffer): ReadManifest {
  const object = parseObject(bytes);
  const fields = new FieldReader(object, () => {});
  try {
    const warnings = [
      ...checkVersion('version', fields.value('version'), ARCHIVE_VERSION),
      ...checkVersion('schema_version', fields.value('schema_version'), SCHEMA_VERSION),
    ];
    return { manifest: readFields(fields), object, warnings };
  } catch (error) {
    if (error instanceof MemportError) throw error;
    throw damaged(`The manifest of the archive is wrong: ${messageOf(error)}.`, error);
  }
}

/** Throws for a version that this program can't read; gives a warning for one that it may not know all of. */
export function checkVersion(name: string, value: JsonValue, known: string): readonly string[] {
  const [knownMajor = 0, knownMinor = 0] = known.split('.').map(Number);
  const found =
    typeof value === 'string' ? /^(\d{1,9})\.(\d{1,9})(?:\.\d{1,9})?(?:[-+][\w.+-]*)?$/.exec(value) : null;
  if (!found)
    throw damaged(`The archive's ${name} is not a version as text: ${JSON.stringify(value)?.slice(0, 60)}.`);
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (major > knownMajor)
    throw new MemportError(
      'newer_version',
      `The archive has ${name} ${found[0]}; this memport reads up to ${knownMajor}.x.`,
      {
        hint: 'Update memport, then try again.',
      },
    );
  if (major < knownMajor) throw damaged(`The archive has ${name} ${found[0]}, which never existed.`);
  return minor > knownMinor
    ? [`the archive has ${name} ${found[0]}, newer than ${known}: what is new in it was left out`]
    : [];
}

function readFields(fields: FieldReader): Manifest {
  const exportDate = parseInstant(fields.text('export_date'));
  if (exportDate === null) throw new Error('export_date is not a date');
  if (fields.text('format') !== ARCHIVE_FORMAT) throw new Error(`format is not ${ARCHIVE_FORMAT}`);
  if (fields.text('compression') !== 'gzip') throw new Error('compression is not gzip');
  const groups = readGroups(fields.list('embeddings'));
  const manifest = {
    version: fields.text('version'),
    schemaVersion: fields.text('schema_version'),
    generator: fields.text('generator'),
    exportDate,
    exportType: fields.choice('export_type', ['full', 'filtered'] as const, 'full'),
    filters: fields.object('filters'),
    memoryCount: readCount(fields, 'memory_count'),
    codeUnitCount: readCount(fields, 'code_unit_count'),
    tombstoneCount: readCount(fields, 'tombstone_count'),
    projects: fields.texts('projects'),
    memoryVectors: groups.get(MEMORY_VECTORS) ?? [],
    codeUnitVectors: groups.get(CODE_UNIT_VECTORS) ?? [],
    encryption: fields.choice('encryption', ['none', 'age'] as const, 'none'),
    contentDigest: fields.text('content_digest'),
    checksums: new Map<string, string>(),
  };
  checkCounts(manifest);
  return { ...manifest, checksums: readChecksums(fields.object('checksums'), manifest) };
}

function checkCounts(manifest: Manifest): void {
  const sum = (groups: readonly VectorGroup[]): number =>
    groups.reduce((total, group) => total + group.count, 0);
  if (
    sum(manifest.memoryVectors) > manifest.memoryCount ||
    sum(manifest.codeUnitVectors) > manifest.codeUnitCount
  )
    throw new Error('it counts more vectors than records');
  if (!/^sha256:[0-9a-f]{64}$/.test(manifest.contentDigest)) throw new Error('content_digest is not one');
}

function readGroups(list: readonly JsonValue[]): ReadonlyMap<string, readonly VectorGroup[]> {
  const groups = new Map<string, VectorGroup[]>();
  for (const item of list) {
    const fields = new FieldReader(isJsonObject(item) ? item : {}, () => {});
    const file = fields.choice('file', [MEMORY_VECTORS, CODE_UNIT_VECTORS] as const, MEMORY_VECTORS);
    const before = groups.get(file) ?? [];
    const names = arrayNames(before.length);
    const group = {
      model: fields.optionalText('model'),
      dimensions: readCount(fields, 'dimensions'),
      count: readCount(fields, 'count'),
    };
    const last = before.at(-1);
    if (
      fields.text('array') !== names.embeddings ||
      fields.text('ids') !== names.ids ||
      (last !== undefined && compareGroups(last, group) >= 0)
    )
      throw new Error('embeddings are not in order');
    if (
      group.count < 1 ||
      group.dimensions < 1 ||
      group.dimensions > MAX_DIMENSIONS ||
      before.length >= MAX_VECTOR_GROUPS
    )
      throw new Error('embeddings are more or larger than can be');
    groups.set(file, [...before, group]);
  }
  return groups;
}

function readChecksums(object: JsonObject, manifest: Manifest): ReadonlyMap<string, string> {
  const members = archiveMembers(manifest).filter(name => name !== MANIFEST);
  const sums = members.map((name): [string, string] => {
    const value = new FieldReader(object, () => {}).optionalText(name);
    const found = /^sha256:([0-9a-f]{64})$/.exec(value ?? '');
    if (!found) throw new Error(`checksums lack ${name}`);
    return [name, found[1] ?? ''];
  });
  if (Object.keys(object).length > sums.length) throw new Error('checksums name members that are not there');
  return new Map(sums);
}

function readCount(fields: FieldReader, name: string): number {
  const count = fields.optionalInteger(name);
  if (count === null) throw new Error(`${name} is missing`);
  return count;
}

function parseObject(bytes: Buffer): JsonObject {
  let value: JsonValue;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = parseExactJson(text, { maxValues: MAX_MANIFEST_VALUES });
  } catch (error) {
    throw damaged(`The manifest of the archive is not JSON: ${messageOf(error)}.`, error);
  }
  if (!isJsonObject(value)) throw damaged('The manifest of the archive is not an object.');
  return value;
}
