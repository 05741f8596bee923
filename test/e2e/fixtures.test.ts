import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { formatInstant, parseInstant } from '../../src/model/instant.ts';
import { type JsonObject, type JsonValue, NumberToken } from '../../src/model/json.ts';
import { parseExactJson } from '../../src/model/json-parse.ts';
import { openStore } from '../../src/store/open.ts';
import { memport, ok, scratch } from '../support/cli.ts';
import { digestOf, summaryOf } from '../support/stores.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/claude-memory-server/${name}`, import.meta.url));

interface Original {
  readonly [name: string]: JsonValue;
}
const ORIGINALS = (
  parseExactJson(readFileSync(fixture('full.json'), 'utf8')) as unknown as { memories: readonly Original[] }
).memories;
const isUnit = (original: Original): boolean => Object.hasOwn(original.metadata as object, 'unit_type');
const utc = (date: JsonValue | undefined): string => formatInstant(parseInstant(String(date)) ?? -1n);
const numeric = (value: JsonValue | undefined): JsonValue | undefined =>
  value instanceof NumberToken ? Number(value.text) : value;
const hyphenated = (id: string): string =>
  id.replaceAll('-', '').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

async function importInto(home: string, name: string): Promise<Record<string, unknown>> {
  return summaryOf((await memport(['import', fixture(name), '--json'], { home })).stdout);
}

describe.each(['full.tar.gz', 'full.json'])('%s of claude-memory-server', name => {
  test('28 memories and 3 code units come in, none is rejected, and every field is as in the file', async () => {
    const home = scratch();
    expect(await importInto(home, name)).toMatchObject({
      total: 31,
      created: 31,
      memories: 28,
      code_units: 3,
      rejected: 0,
      pending_vectors: 0,
    });
    await using store = await openStore({ path: join(home, 'memport.db'), readonly: true });
    for (const original of ORIGINALS) {
      const [stored] = await store.get(isUnit(original) ? 'code_unit' : 'memory', [
        hyphenated(String(original.id)),
      ]);
      const record = parseExactJson(stored?.line ?? 'null') as JsonObject;
      const vector = Float32Array.from(original.embedding as readonly (number | NumberToken)[], value =>
        Number(value instanceof NumberToken ? value.text : value),
      );
      expect(stored?.vector).toEqual(vector);
      expect(record.embedding_model).toBe('all-MiniLM-L6-v2');
      if (isUnit(original)) continue;
      const {
        embedding,
        embedding_model,
        created_at,
        updated_at,
        last_accessed,
        provenance,
        id,
        importance,
        ...others
      } = original;
      expect(record).toMatchObject({ ...others, importance: numeric(importance) });
      expect(record.metadata).toEqual(others.metadata);
      expect([record.created_at, record.updated_at, record.last_accessed]).toEqual(
        [created_at, updated_at, last_accessed].map(utc),
      );
      const { last_confirmed, ...rest } = provenance as JsonObject;
      expect(record.provenance).toEqual({
        ...rest,
        confidence: numeric(rest.confidence),
        last_confirmed: last_confirmed === null ? null : utc(last_confirmed),
      });
    }
    expect(await store.counts(EVERYTHING)).toMatchObject({ memories: 28, codeUnits: 3 });
  });

  test('integers beyond 2^53 and microseconds keep their digits', async () => {
    const home = scratch();
    await importInto(home, name);
    const lines = await ok(['list', '--all', '--json'], { home });
    expect(lines).toContain('"big":9007199254740993');
    expect(lines).toContain('"exp":1e-12');
    expect(lines).toContain('"created_at":"2025-03-01T04:59:59.999999Z"');
  });

  test('a code unit loses nothing of what was said of it', async () => {
    const home = scratch();
    await importInto(home, name);
    await using store = await openStore({ path: join(home, 'memport.db'), readonly: true });
    for (const original of ORIGINALS.filter(isUnit)) {
      const [stored] = await store.get('code_unit', [hyphenated(String(original.id))]);
      const record = parseExactJson(stored?.line ?? 'null') as JsonObject;
      const said = original.metadata as JsonObject;
      expect(record).toMatchObject({
        project_name: 'alpha',
        file_path: 'src/main.py',
        unit_type: said.unit_type,
        name: said.unit_name,
        signature: said.signature,
        start_line: said.start_line,
        end_line: said.end_line,
        start_byte: said.start_byte,
        end_byte: said.end_byte,
        language: 'python',
        complexity: said.cyclomatic_complexity,
        imports: said.imports,
        importance: original.importance,
        tags: original.tags,
        category: 'code',
      });
      const text = stored?.line ?? '';
      expect(text).toContain('"/home/dev/alpha/src/main.py"');
      expect(text).toContain('"file_size_bytes":1234');
      const source = (record.metadata as { source: { header: string } }).source.header;
      expect(`${source}${String(record.content)}`).toBe(original.content);
    }
  });
});

test('either after the other, and a second time, changes nothing; both give the same content', async () => {
  const [home, other] = [scratch(), scratch()];
  await importInto(home, 'full.tar.gz');
  await importInto(other, 'full.json');
  const digest = await digestOf(home);
  expect(await digestOf(other)).toBe(digest);
  for (const name of ['full.json', 'full.tar.gz', 'full_no_embeddings.tar.gz']) {
    expect(await importInto(home, name)).toMatchObject({ total: 31, unchanged: 31, operation_id: null });
    expect(await digestOf(home)).toBe(digest);
  }
});

test('from the original to a memport archive and on: the code units stay what they are', async () => {
  const [home, other] = [scratch(), scratch()];
  await importInto(home, 'full.tar.gz');
  for (const args of [['a.tar.gz'], ['a.json', '--code', '--embeddings']]) {
    await ok(['export', ...args], { home });
    const report = summaryOf(
      (await memport(['import', join(home, args[0] ?? ''), '--json'], { home: other })).stdout,
    );
    expect(report).toMatchObject({ memories: 28, code_units: 3, rejected: 0 });
    expect(await digestOf(other)).toBe(await digestOf(home));
  }
});
