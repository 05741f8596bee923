import type { Instant } from '../../model/instant.ts';
import { parseRecordLine } from '../../model/json-parse.ts';
import { readProject } from '../../model/project.ts';
import type { RecordKind } from '../../model/record.ts';
import { vectorFromBytes } from '../../model/vector.ts';
import type { Before, Change, Operation } from '../store.ts';
import type { Connection } from './connection.ts';
import { NOTHING, stateDigest, tombstoneDigest } from './journal.ts';
import { entriesById } from './lookup.ts';
import { PAGE_SIZE } from './scan.ts';
import { textOf, textValue } from './text-value.ts';
import { tombstonesOf } from './tombstones.ts';

type Text = string | Uint8Array;

type OperationRow = readonly [
  id: string,
  kind: string,
  source: Text,
  startedAt: bigint,
  finishedAt: bigint,
  memories: bigint,
  codeUnits: bigint,
  projects: bigint,
  undoes: string | null,
  undoneBy: string | null,
];

type ChangeRow = readonly [
  kind: Change['kind'],
  id: Text,
  after: Uint8Array,
  record: string | null,
  embedding: Uint8Array | null,
  searchModel: Text | null,
  searchEmbedding: Uint8Array | null,
  deletedAt: Instant | null,
  contentHash: Text | null,
];

/** The contract is that of Reader.operations. */
export function listOperations(
  connection: Connection,
  page: { readonly prefix: string; readonly after: string | null; readonly limit: number },
): readonly Operation[] {
  // The operation of the transaction that reads is not finished, and not seen.
  const sql = `SELECT o.id, o.kind, o.source, o.started_at, o.finished_at, o.memories, o.code_units, o.projects, u.id, b.id
    FROM operations o LEFT JOIN operations u ON u.seq = o.undoes LEFT JOIN operations b ON b.seq = o.undone_by
    WHERE o.id >= ? AND o.id < ? AND o.finished_at IS NOT NULL
      AND (? IS NULL OR o.seq < (SELECT seq FROM operations WHERE id = ?))
    ORDER BY o.seq DESC LIMIT ?`;
  const { prefix, after, limit } = page;
  return connection.allExact<OperationRow>(sql, [prefix, `${prefix}~`, after, after, limit]).map(operation);
}

function operation(row: OperationRow): Operation {
  const [id, kind, source, startedAt, finishedAt, memories, codeUnits, projects, undoes, undoneBy] = row;
  return {
    id,
    kind,
    source: textOf(source),
    startedAt,
    finishedAt,
    changed: { memories: Number(memories), codeUnits: Number(codeUnits), projects: Number(projects) },
    undoes,
    undoneBy,
  };
}

/** The contract is that of Reader.changes. */
export function operationChanges(
  connection: Connection,
  operation: string,
  page: { readonly after: Pick<Change, 'kind' | 'id'> | null; readonly limit: number },
): readonly Change[] {
  const sql = `SELECT c.kind, c.id, c.after, b.record, b.embedding, b.search_model, b.search_embedding,
      c.before_deleted_at, c.before_content_hash
    FROM operation_changes c LEFT JOIN before_images b ON b.seq = c.before_image
    WHERE c.operation = (SELECT seq FROM operations WHERE id = ?) AND (c.kind, c.id) > (?, ?)
    ORDER BY c.kind, c.id LIMIT ?`;
  const { kind, id } = page.after ?? { kind: '', id: '' };
  return connection.consistently(() => {
    const values = [operation, kind, textValue(id), page.limit];
    const rows = firstOf(connection.statement<ChangeRow>(sql, 'bigint').iterate(...values));
    const now = {
      memory: recordDigests(connection, 'memory', rows),
      code_unit: recordDigests(connection, 'code_unit', rows),
      project: projectDigests(connection, rows),
    };
    return rows.map(row => {
      const [kind, id, after] = row;
      const current = now[kind].get(textOf(id)) ?? NOTHING;
      return {
        kind,
        id: textOf(id),
        untouched: Buffer.compare(current, after) === 0,
        before: before(row),
      };
    });
  });
}

/** As many as come to the size of a page. */
function firstOf(rows: Iterable<ChangeRow>): readonly ChangeRow[] {
  const first: ChangeRow[] = [];
  let size = 0;
  for (const row of rows) {
    first.push(row);
    size += row[3]?.length ?? 0;
    if (size >= PAGE_SIZE) break;
  }
  return first;
}

function before(row: ChangeRow): Before {
  const [kind, idValue, , record, embedding, searchModel, searchEmbedding, deletedAt, contentHash] = row;
  const id = textOf(idValue);
  if (record !== null && kind === 'project')
    return { type: 'project', project: readProject(parseRecordLine(record), () => {}) };
  if (record !== null) {
    const stored = { id, line: record, vector: embedding === null ? null : vectorFromBytes(embedding) };
    const isSearched = searchModel !== null && searchEmbedding !== null;
    const searchVector = isSearched
      ? { model: textOf(searchModel), vector: vectorFromBytes(searchEmbedding) }
      : null;
    return { type: 'record', stored, searchVector };
  }
  if (kind !== 'project' && deletedAt !== null && contentHash !== null)
    return { type: 'tombstone', tombstone: { id, kind, deletedAt, contentHash: textOf(contentHash) } };
  return { type: 'nothing' };
}

/** State digests of what stands under the ids of these changes now, record or tombstone. */
function recordDigests(
  connection: Connection,
  kind: RecordKind,
  rows: readonly ChangeRow[],
): ReadonlyMap<string, Uint8Array> {
  const ids = rows.filter(row => row[0] === kind).map(row => textOf(row[1]));
  if (ids.length === 0) return new Map();
  const tombstones = [...tombstonesOf(connection, kind, ids).values()];
  return new Map([
    ...tombstones.map(tombstone => [tombstone.id, tombstoneDigest(tombstone)] as const),
    ...entriesById(connection, kind, ids).map(
      ({ id, line, vector }) => [id, stateDigest(line, vector)] as const,
    ),
  ]);
}

function projectDigests(connection: Connection, rows: readonly ChangeRow[]): ReadonlyMap<string, Uint8Array> {
  const names = rows.filter(row => row[0] === 'project').map(row => row[1]);
  const sql = 'SELECT record FROM projects WHERE name = ?';
  return new Map(
    names.flatMap(name =>
      connection
        .all<readonly [string]>(sql, [name])
        .map(([record]) => [textOf(name), stateDigest(record, null)] as const),
    ),
  );
}
