import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type JsonFileHeader, JsonFileWriter } from '../../../src/formats/json/writer.ts';
import { canonicalJson } from '../../../src/model/canonical.ts';
import { codeUnitLine } from '../../../src/model/code-unit.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { memoryLine } from '../../../src/model/memory.ts';
import { aCodeUnit, aMemory, at, idOf } from '../../support/records.ts';
import { openContent, readAll, seeded, temporaryFile } from './support.ts';

const HEADER: JsonFileHeader = {
  generator: 'memport 0.1.0',
  exportDate: at('2026-02-03T04:05:06.5Z'),
  filter: EVERYTHING,
  memoryCount: 0,
  codeUnitCount: null,
  embeddings: false,
};

function gather(header: Partial<JsonFileHeader>) {
  const chunks: Buffer[] = [];
  const sink = async (chunk: Uint8Array): Promise<void> => void chunks.push(Buffer.from(chunk));
  const writer = new JsonFileWriter(sink, { ...HEADER, ...header });
  return { writer, chunks, text: () => Buffer.concat(chunks).toString('utf8') };
}

const MEMORIES = [
  aMemory({ id: idOf(1), content: 'say "embedding_model":[1],\n😀\u0000\ud800', embeddingModel: 'm' }),
  aMemory({ id: idOf(2), extra: { aaa: { embedding_model: '}' }, embedX: 1, zzz: [] }, metadata: { n: 1 } }),
  aMemory({ id: idOf(3), embeddingModel: 'm' }),
].map(memory => memoryLine(memory));
const VECTORS = [Float32Array.of(0.1, -0, 1e-45, 3.4028235e38), null, Float32Array.of(-0.5)];
const RECORDS = MEMORIES.map((line, index) => ({
  id: idOf(index + 1),
  line,
  vector: VECTORS[index] ?? null,
}));
const UNITS = [{ id: aCodeUnit().id, line: codeUnitLine(aCodeUnit()), vector: Float32Array.of(0.25) }];

async function write(header: Partial<JsonFileHeader>): Promise<string> {
  const { writer, text } = gather({ memoryCount: RECORDS.length, ...header });
  await writer.memories(RECORDS.slice(0, 1));
  await writer.memories([]);
  await writer.memories(RECORDS.slice(1));
  if (header.codeUnitCount) await writer.codeUnits(UNITS);
  await writer.finish();
  return text();
}

describe('JsonFileWriter', () => {
  it('writes the top level of the original, and one canonical record a line', async () => {
    const text = await write({});
    expect(text.split('\n')).toEqual([
      '{',
      '"version": "1.0.0",',
      '"schema_version": "3.0.0",',
      '"generator": "memport 0.1.0",',
      '"export_date": "2026-02-03T04:05:06.500Z",',
      '"export_type": "full",',
      '"filters": {"project_name":null,"category":null,"context_level":null,"since_date":null,"until_date":null},',
      '"memory_count": 3,',
      '"memories": [',
      `${MEMORIES[0]},`,
      `${MEMORIES[1]},`,
      `${MEMORIES[2]}`,
      ']',
      '}',
      '',
    ]);
  });

  it('writes code units where they are asked for', async () => {
    const file = JSON.parse(await write({ codeUnitCount: 1 }));
    expect(file).toMatchObject({ memory_count: 3, code_unit_count: 1, code_units: [{ name: 'main' }] });
    expect(file.code_units[0]).not.toHaveProperty('embedding');
  });

  it('writes a file without records', async () => {
    const empty = gather({});
    await empty.writer.finish();
    expect(JSON.parse(empty.text())).toMatchObject({ memory_count: 0, memories: [] });
    const coded = gather({ codeUnitCount: 0 });
    await coded.writer.finish();
    expect(JSON.parse(coded.text())).toMatchObject({ memories: [], code_unit_count: 0, code_units: [] });
  });

  it('gives every record an embedding where they are asked for, and lines stay canonical', async () => {
    const text = await write({ embeddings: true, codeUnitCount: 1 });
    const lines = text.split('\n').filter(line => line.startsWith('{"'));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain(',"embedding":[0.1,-0.0,1e-45,3.4028235e+38],"embedding_model":"m"');
    expect(lines[1]).toContain(',"embedX":1,"embedding":[],"embedding_model":null');
    for (const line of lines) {
      const bare = line
        .replace(/,$/, '')
        .replace('[0.1,-0.0,', '[0.1,0,')
        .replace('3.4028235e+38', '3.4028235e38');
      const keys = Object.keys(JSON.parse(bare));
      expect(keys).toEqual([...keys].sort());
      expect(line).not.toContain('": ');
    }
  });

  it('is read back as it was: lines, vectors bit for bit, counts', async () => {
    for (const embeddings of [false, true]) {
      const source = await openContent(await write({ embeddings, codeUnitCount: 1 }));
      expect(await source.verify()).toMatchObject({
        memories: 3,
        codeUnits: 1,
        vectors: embeddings ? 3 : 0,
        warnings: [],
      });
      const items = await readAll(source);
      const expected = [...RECORDS, ...UNITS].map(({ line, vector }) => ({
        line,
        vector: embeddings ? vector : null,
      }));
      expect(items).toMatchObject(expected);
      expect(Object.is(items[0]?.type === 'record' && items[0].vector?.[1], -0)).toBe(embeddings);
    }
  });

  it('says what was filtered: in the keys of the original what these can say, all of it under memport', async () => {
    const one = await write({ filter: { ...EVERYTHING, projects: ['α'], categories: ['fact'], since: 0n } });
    expect(JSON.parse(one)).toMatchObject({
      export_type: 'filtered',
      filters: {
        project_name: 'α',
        category: 'fact',
        context_level: null,
        since_date: '1970-01-01T00:00:00Z',
      },
    });
    const many = await write({ filter: { ...EVERYTHING, projects: ['a', 'b'], tags: ['t'], until: 0n } });
    expect(JSON.parse(many).filters).toEqual({
      project_name: null,
      category: null,
      context_level: null,
      since_date: null,
      until_date: '1970-01-01T00:00:00Z',
      memport: { projects: ['a', 'b'], tags: ['t'], until: '1970-01-01T00:00:00Z' },
    });
  });

  it('has every member that the importer of the original asks for', async () => {
    const file = JSON.parse(await write({ embeddings: true }));
    const top = [
      'version',
      'schema_version',
      'memories',
      'export_date',
      'export_type',
      'memory_count',
      'filters',
    ];
    expect(Object.keys(file)).toEqual(expect.arrayContaining(top));
    const required =
      'id content category context_level scope importance embedding_model embedding created_at updated_at last_accessed lifecycle_state tags metadata';
    for (const memory of file.memories) {
      expect(Object.keys(memory)).toEqual(expect.arrayContaining(required.split(' ')));
      expect(Array.isArray(memory.embedding)).toBe(true);
    }
  });

  it('is strict JSON for other programs', async ({ skip }) => {
    // A lone surrogate is JSON, and Python reads it; jq 1.6 does not, so it gets the rest.
    const text = await write({ embeddings: true, codeUnitCount: 1 });
    const path = await temporaryFile(text);
    const strict =
      'import json,sys\ndef no(c): raise ValueError(c)\nd=json.load(open(sys.argv[1],encoding="utf8"),parse_constant=no)';
    const python = spawnSync('python3', [
      '-c',
      `${strict}\nprint(d["memory_count"],len(d["memories"]))`,
      path,
    ]);
    const jq = spawnSync('jq', ['-c', '[.memory_count, (.memories|length), .code_unit_count]'], {
      input: text.replace('\\ud800', ''),
    });
    if (python.error && jq.error) return skip('neither python3 nor jq is here');
    if (!python.error) expect(python.stdout.toString().trim()).toBe('3 3');
    if (!jq.error) expect(jq.stdout.toString().trim()).toBe('[3,3,1]');
  });

  it('writes in large chunks, and records larger than a chunk', async () => {
    const random = seeded(1);
    const vector = Float32Array.from({ length: 300_000 }, () => random() - 0.5);
    const line = canonicalJson({ content: 'é'.repeat(3_000_000), embedding_model: 'm' });
    const large = { id: idOf(9), line, vector };
    const { writer, chunks, text } = gather({ memoryCount: 2001, embeddings: true });
    await writer.memories([large]);
    for (let n = 0; n < 1000; n += 1) await writer.memories([...RECORDS.slice(0, 1), ...RECORDS.slice(2)]);
    await writer.finish();
    const [first] = JSON.parse(text()).memories;
    expect(Float32Array.from(first.embedding)).toEqual(vector);
    expect(first.content).toBe('é'.repeat(3_000_000));
    expect(chunks.slice(0, -1).filter(chunk => chunk.length < 256 * 1024)).toHaveLength(1);
  });

  it('refuses a record that no reader takes, and names it', async () => {
    const { writer } = gather({ memoryCount: 1 });
    const line = `{"content":"${'x'.repeat(40 * 1024 * 1024)}"}`;
    await expect(writer.memories([{ id: idOf(5), line, vector: null }])).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`record ${idOf(5)} is longer than 40 MiB`),
    });
  });

  it.each([{ memoryCount: 2 }, { memoryCount: 3, codeUnitCount: 2 }])(
    'refuses to end with other counts than it announced: %j',
    async header => {
      await expect(write(header)).rejects.toMatchObject({ code: 'integrity' });
    },
  );

  it('refuses memories after code units', async () => {
    const { writer } = gather({ codeUnitCount: 0 });
    await writer.codeUnits([]);
    await expect(writer.memories([])).rejects.toThrow('memories come before code units');
  });

  it('gives the same bytes each time', async () => {
    expect(await write({ embeddings: true })).toBe(await write({ embeddings: true }));
  });
});
