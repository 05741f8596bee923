import { open as openFile, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openJsonSource } from '../../../src/formats/json/reader.ts';
import { MAX_HEADER_BYTES } from '../../../src/formats/json/scanner.ts';
import { fixturePath, openContent, openPath, readAll, seeded, temporaryFile } from './support.ts';

const HEAD = {
  version: '1.0.0',
  schema_version: '3.0.0',
  generator: 'memport 0.1.0',
  export_date: '2026-01-01',
};
const RECORDS = [{ id: 'a' }, { id: 'b', embedding: [1] }];
const FILE = { ...HEAD, memory_count: 2, memories: RECORDS };

const open = (file: unknown) => openContent(typeof file === 'string' ? file : JSON.stringify(file));
const verify = async (file: unknown) => (await open(file)).verify();
const code = (expected: string, message = /./) => ({
  code: expected,
  message: expect.stringMatching(message),
});

describe('openJsonSource', () => {
  it('tells memport and FEAT-038 apart, whatever the order of members', async () => {
    const { generator: _, ...feat038 } = FILE;
    expect((await open(FILE)).format).toBe('memport-json');
    expect((await open(feat038)).format).toBe('feat038-json');
    const { memories, ...others } = FILE;
    const source = await open({ memories, ...others });
    expect(source).toMatchObject({
      format: 'memport-json',
      system: 'memport',
      version: '1.0.0',
      schemaVersion: '3.0.0',
    });
    expect(await source.verify()).toMatchObject({ memories: 2, vectors: 1, warnings: [] });
    expect(source.header).toEqual({ ...HEAD, memory_count: 2 });
  });

  it('corrects itself when only the end says that memport wrote it', async () => {
    const { version, schema_version, ...others } = FILE;
    const { generator, memories, memory_count } = others;
    const late = {
      version,
      schema_version,
      memory_count: 3,
      memories,
      code_units: [{ id: 'u' }],
      code_unit_count: 1,
    };
    const source = await open({ ...late, memory_count, generator });
    expect(source.format).toBe('feat038-json');
    expect(await source.verify()).toMatchObject({ memories: 2, codeUnits: 1 });
    expect(source.format).toBe('memport-json');
    expect(await readAll(source)).toMatchObject([
      { kind: 'memory' },
      { kind: 'memory' },
      { kind: 'code_unit' },
    ]);
  });

  it.each([
    ['feat044.json', 'feat044-json'],
    ['tui_memories_export.json', 'tui-json'],
  ])('knows %s', async (name, format) => {
    expect((await openPath(fixturePath(name))).format).toBe(format);
  });

  it.each([
    '',
    'hello',
    '[1,2]',
    '{x',
    'PK\u0003\u0004',
    '{}',
    '{"a":1}',
    '{"version":"1.0.0","schema_version":"3.0.0"}',
    '{"memories":[{"id":"a"}]}',
  ])('does not know %j', async text => {
    await expect(openContent(text)).rejects.toMatchObject({
      ...code('unknown_format'),
      hint: expect.stringContaining('FEAT-038'),
    });
  });

  it('calls JSON damaged that breaks before it says what it is', async () => {
    await expect(openContent('{"version": "1.0.0", "sch')).rejects.toMatchObject(code('integrity'));
  });

  it('takes a hint instead of the content', async () => {
    const source = await openContent(JSON.stringify({ memories: RECORDS }), { format: 'feat038-json' });
    expect(source.format).toBe('feat038-json');
    expect(await source.verify()).toMatchObject({ memories: 2 });
    const other = await openContent(JSON.stringify(FILE), { format: 'memport-json' });
    expect(other.format).toBe('memport-json');
  });

  it('closes its handle', async () => {
    const source = await open(FILE);
    await source[Symbol.asyncDispose]();
    await expect(source.verify()).rejects.toThrow();
  });
});

describe('verify', () => {
  it.each([
    [{ ...FILE, memory_count: 77 }, /memory_count is 77, but there are 2/],
    [{ ...FILE, memory_count: '2' }, /memory_count is "2"/],
    [{ ...FILE, memory_count: null }, /memory_count is null/],
    [{ ...HEAD, memories: [] }, /memory_count is missing/],
    [{ ...FILE, code_units: [{ id: 'u' }] }, /code_unit_count is missing/],
    [{ ...FILE, code_units: [], code_unit_count: 1 }, /code_unit_count is 1, but there are 0/],
    [{ ...FILE, code_unit_count: 2 }, /code_unit_count is 2, but there are 0/],
    [{ ...FILE, memories: {} }, /there is no list of memories/],
    [{ ...HEAD, memory_count: 0 }, /there is no list of memories/],
    [{ ...FILE, version: 'x' }, /not a version/],
    [JSON.stringify(FILE).replace(':2,', ':2.5,'), /memory_count is 2.5/],
    [JSON.stringify(FILE).replace(':2,', ':2.0,'), /memory_count is 2.0/],
    [`${JSON.stringify(FILE)} {}`, /at byte \d+/],
  ])('refuses %j', async (file, message) => {
    await expect(verify(file)).rejects.toMatchObject(code('integrity', message));
  });

  it('refuses a newer major version', async () => {
    await expect(verify({ ...FILE, version: '2.0.0' })).rejects.toMatchObject(code('newer_version'));
    await expect(verify({ ...FILE, schema_version: 4 })).rejects.toMatchObject(code('newer_version'));
  });

  it('warns of a newer minor version, and of what it leaves out', async () => {
    const { warnings } = await verify({
      ...FILE,
      schema_version: '3.2.0',
      notes: 'x'.repeat(MAX_HEADER_BYTES),
    });
    expect(warnings).toEqual([
      expect.stringContaining('"3.2.0" is newer'),
      '"notes" is not understood and was left out',
    ]);
  });

  it('names what it leaves out, however small', async () => {
    const { warnings } = await verify({ ...FILE, links: [{ from: 'a', to: 'b' }], note: null });
    expect(warnings).toEqual([
      '"links" is not understood and was left out',
      '"note" is not understood and was left out',
    ]);
  });

  it('counts and reads tombstones where a file has them', async () => {
    const source = await open({ ...FILE, tombstone_count: 1, tombstones: [{ id: 'd' }, 7].slice(0, 1) });
    expect(await source.verify()).toMatchObject({ tombstones: 1 });
    expect((await readAll(source)).at(-1)).toEqual({ type: 'tombstone', value: { id: 'd' } });
    const bad = await open({ ...FILE, tombstones: [7] });
    await bad.verify();
    expect((await readAll(bad)).at(-1)).toMatchObject({ type: 'reject', position: 0, text: '7' });
  });

  it('finds every truncation', async () => {
    const bytes = await readFile(fixturePath('full.json'));
    const random = seeded(38);
    for (let n = 0; n < 200; n += 1) {
      const size = 20 + Math.floor(random() * (bytes.length - 21));
      const outcome = openContent(bytes.subarray(0, size)).then(source => source.verify());
      await expect(outcome).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  it('reports progress in bytes and stops when told to', async () => {
    const source = await open(FILE);
    const size = JSON.stringify(FILE).length;
    const seen: unknown[] = [];
    await source.verify({ onProgress: progress => seen.push(progress) });
    expect(seen).toEqual([{ phase: 'verifying', done: size, total: size, unit: 'bytes' }]);
    await expect(source.verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(
      source.read({ signal: AbortSignal.abort() })[Symbol.asyncIterator]().next(),
    ).rejects.toThrow();
  });
});

describe('read', () => {
  it('gives good records and the bad one among them, each time', async () => {
    const text = JSON.stringify({ ...FILE, memory_count: 4 }).replace(
      '{"id":"a"}',
      '{"id":"a"},{"id":"bad",},"x"',
    );
    const source = await openContent(text);
    expect(await source.verify()).toMatchObject({ memories: 4 });
    for (let time = 0; time < 2; time += 1) {
      expect(await readAll(source)).toMatchObject([
        { type: 'record', kind: 'memory', position: 0, value: { id: 'a' }, line: '{"id":"a"}' },
        { type: 'reject', kind: 'memory', position: 1, id: 'bad', text: '{"id":"bad",}' },
        { type: 'reject', kind: 'memory', position: 2, id: null, reason: 'not a JSON object' },
        { type: 'record', kind: 'memory', position: 3, value: { id: 'b' }, vector: Float32Array.of(1) },
      ]);
    }
  });

  it('gives tombstones in batches of their own', async () => {
    const lists = `"memories":[{"id":"a"},{"id":"b"}],"tombstones":[{"id":"t"},{"id":"u"}],"code_units":[{"id":"c"}]`;
    const source = await openContent(
      `{"generator":"memport 0.1.0","memory_count":2,"code_unit_count":1,"version":"1.0.0","schema_version":"3.0.0",${lists}}`,
    );
    await source.verify();
    const batches: string[][] = [];
    for await (const batch of source.read()) batches.push(batch.map(({ type }) => type));
    expect(batches).toEqual([['record', 'record'], ['tombstone', 'tombstone'], ['record']]);
  });

  it('reads an indented file with CRLF and a byte order mark', async () => {
    const text = `\ufeff${JSON.stringify(FILE, null, 2).replaceAll('\n', '\r\n')}\r\n`;
    const source = await openContent(text);
    await source.verify();
    expect(await readAll(source)).toMatchObject([{ value: { id: 'a' }, line: null }, { value: { id: 'b' } }]);
  });

  it('notices that the file was changed after verify', async () => {
    const path = await temporaryFile(JSON.stringify(FILE));
    await using source = await openJsonSource(await openFile(path));
    await source.verify();
    await writeFile(path, JSON.stringify({ ...FILE, memories: [] }));
    await expect(readAll(source)).rejects.toMatchObject(code('integrity', /changed while/));
  });
});
