import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SourceItem, SourceRecord } from '../../../src/formats/source.ts';
import { canonicalJson } from '../../../src/model/canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue, withKeys } from '../../../src/model/json.ts';
import { parseExactJson } from '../../../src/model/json-parse.ts';
import { readCodeUnit } from '../../../src/model/read-code-unit.ts';
import { readMemory } from '../../../src/model/read-memory.ts';
import { vectorBytes } from '../../../src/model/vector.ts';
import { fixturePath, openContent, openPath, readAll } from '../json/support.ts';

const FULL = fixturePath('full.json');
const CONTEXT = { system: 'claude-memory-server', warn: () => {} };

async function readFull(): Promise<SourceRecord[]> {
  const source = await openPath(FULL);
  await source.verify();
  return (await readAll(source)).filter((item): item is SourceRecord => item.type === 'record');
}

function object(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) throw new Error('not an object');
  return value;
}

/** The record as the original wrote it, made of nothing but what the converted one holds. */
function restored({ kind, value }: SourceRecord): JsonObject {
  if (kind === 'memory') return value;
  const { source, ...metadata } = object(value.metadata);
  const { header, file_path } = object(source);
  const {
    name,
    complexity,
    language,
    unit_type,
    signature,
    start_line,
    end_line,
    start_byte,
    end_byte,
    ...rest
  } = value;
  const { imports, indexed_at, file_path: _, content, ...memory } = rest;
  const lifted = {
    language,
    unit_type,
    signature,
    start_line,
    end_line,
    start_byte,
    end_byte,
    imports,
    indexed_at,
  };
  return withKeys(memory, {
    content: `${header}${content}`,
    metadata: withKeys(metadata, {
      ...lifted,
      file_path,
      unit_name: name,
      cyclomatic_complexity: complexity,
    } as JsonObject),
  });
}

describe('the full export of the original', () => {
  let records: SourceRecord[];
  let originals: JsonObject[];
  beforeAll(async () => {
    const file = object(parseExactJson(await readFile(FULL, 'utf8')));
    originals = Array.isArray(file.memories) ? file.memories.map(object) : [];
  });

  it('holds 28 memories and 3 code units', async () => {
    const source = await openPath(FULL);
    expect(source).toMatchObject({
      format: 'feat038-json',
      system: 'claude-memory-server',
      version: '1.0.0',
    });
    expect(await source.verify()).toEqual({
      memories: 28,
      codeUnits: 3,
      tombstones: 0,
      vectors: 31,
      contentDigest: null,
      warnings: [],
    });
    records = await readFull();
    expect(records.filter(read => read.kind === 'memory')).toHaveLength(28);
    expect(records.filter(read => read.kind === 'code_unit')).toHaveLength(3);
    expect(records.map(read => read.position)).toEqual(records.map((_, index) => index));
    expect(records.flatMap(read => read.warnings)).toEqual([]);
  });

  it('comes through without a loss: every record can be made again', () => {
    for (const [index, read] of records.entries()) {
      const { embedding: _, ...original } = originals[index] ?? {};
      expect(canonicalJson(restored(read))).toBe(canonicalJson(original));
    }
  });

  it('is stored whole: digits, dates to the microsecond, Unicode', () => {
    for (const read of records) {
      if (read.kind === 'memory') readMemory(read.value, CONTEXT);
      else readCodeUnit(read.value, CONTEXT);
    }
    const big = records.find(read => canonicalJson(read.value.metadata ?? null).includes('"big"'));
    expect(canonicalJson(big?.value.metadata ?? null)).toContain('"big":9007199254740993');
    const shifted = records.find(read => read.value.created_at === '2025-02-28T23:59:59.999999-05:00');
    expect(readMemory(shifted?.value ?? {}, CONTEXT).createdAt).toBe(1_740_805_199_999_999n);
  });

  it('has the vectors that Python makes of the same numbers, bit for bit', ({ skip }) => {
    const script =
      'import json,struct,sys\nfor m in json.load(open(sys.argv[1],encoding="utf8"))["memories"]:\n' +
      ' e=m["embedding"]; print(struct.pack("<%df"%len(e),*e).hex())';
    const python = spawnSync('python3', ['-c', script, FULL], { maxBuffer: 1 << 24 });
    if (python.error) return skip('python3 is not here');
    const ours = records.map(read =>
      Buffer.from(vectorBytes(read.vector ?? new Float32Array())).toString('hex'),
    );
    expect(ours).toEqual(python.stdout.toString().trim().split(/\r?\n/));
  });
});

describe('files of the original', () => {
  const HEAD = { version: '1.0.0', schema_version: '3.0.0', export_date: '2025-11-20T00:00:00+00:00' };
  const open = (file: object) => openContent(JSON.stringify({ ...HEAD, ...file }));
  const reading = async (file: object): Promise<SourceItem[]> => readAll(await open(file));

  it('are refused when memory_count lies, code units counted among memories', async () => {
    const metadata = { unit_type: 'function', file_path: '/a' };
    const memories = [{ id: 'a' }, { id: 'b', project_name: 'p', metadata }, { id: 'c', metadata }];
    const good = await open({ memory_count: 3, memories });
    expect(await good.verify()).toMatchObject({ memories: 2, codeUnits: 1, warnings: [] });
    const bad = await open({ memory_count: 4, memories });
    await expect(bad.verify()).rejects.toMatchObject({ code: 'integrity' });
  });

  it('may lack memory_count, export_type and filters', async () => {
    const source = await open({ memories: [] });
    expect((await source.verify()).warnings).toEqual(['the file has no memory_count']);
  });

  it.each([
    ['2025-11-20T00:00:00+00:00', 100, 1],
    ['2025-11-30T00:00:00+00:00', 100, 0],
    ['2025-11-20T00:00:00+00:00', 99, 0],
    ['whenever', 100, 0],
  ])(
    'of %s with %i memories get %i warnings of the cap of that time',
    async (export_date, count, warnings) => {
      const memories = Array.from({ length: count }, (_, index) => ({ id: String(index) }));
      const source = await open({ export_date, memory_count: count, memories });
      const verification = await source.verify();
      expect(verification.warnings).toHaveLength(warnings);
    },
  );

  it('do not have other lists: these are left out with a warning', async () => {
    const source = await open({ memories: [{ id: 'a' }], memory_count: 1, code_units: [{ id: 'x' }] });
    expect((await source.verify()).warnings).toEqual(['"code_units" is not understood and was left out']);
    expect(await readAll(source)).toHaveLength(1);
  });

  it('give rejects where a record is none, also one with the words of a code unit', async () => {
    const items = await reading({ memories: [['unit_type', 'file_path'], { id: 'b' }] });
    expect(items).toMatchObject([
      { type: 'reject', kind: 'memory', position: 0 },
      { type: 'record', position: 1 },
    ]);
    const source = await open({ memory_count: 1, memories: [['unit_type', 'file_path']] });
    expect(await source.verify()).toMatchObject({ memories: 1, codeUnits: 0 });
  });

  it('may hold NaN in metadata', async () => {
    const text = JSON.stringify({ ...HEAD, memories: [{ id: 'a', metadata: { x: 0 } }] }).replace(
      '"x":0',
      '"x":NaN',
    );
    const [item] = await readAll(await openContent(text));
    expect(item).toMatchObject({
      value: { metadata: { x: 'NaN' } },
      warnings: [expect.stringMatching(/NaN/)],
    });
  });
});

describe('a member that a code unit has another meaning for', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const unit = (depth: number): string =>
    `{"id":"u","category":"fact","content":"a","created_at":"2026-01-01T00:00:00Z","project_name":"p","metadata":{"unit_type":"f","file_path":"/x"},"signature":${deep(depth)}}`;

  it('stands deeper then: beyond the limit the record is a reject with its text', async () => {
    const text = `{"version":"1.0.0","schema_version":"3.0.0","memories":[${unit(61)},${unit(62)},${unit(63)}]}`;
    const source = await openContent(text);
    expect(await source.verify()).toMatchObject({ codeUnits: 3 });
    const items = await readAll(source);
    expect(items.map(({ type }) => type)).toEqual(['record', 'reject', 'reject']);
    expect(items[1]).toMatchObject({
      kind: 'code_unit',
      position: 1,
      id: 'u',
      reason: 'nested deeper than 64 as a code unit',
      text: unit(62),
    });
  });
});
