import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/formats/detect.ts';
import type { FormatName } from '../../src/formats/source.ts';
import { blocks, changed, pack, replaced, TOP, unpack } from './archive/craft.ts';
import { archiveOf, smallSample, temporaryFolder } from './archive/samples.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/claude-memory-server/', import.meta.url));

async function fileOf(bytes: Uint8Array | string, name = 'file'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}

async function formatOf(path: string, from?: FormatName): Promise<FormatName> {
  await using source = await openSource(path, { from });
  await source.verify();
  return source.format;
}

describe('what is no regular file', () => {
  test.skipIf(process.platform === 'win32')('a pipe that nobody writes to is refused at once', async () => {
    const path = join(await temporaryFolder(), 'pipe');
    spawnSync('mkfifo', [path]);
    await expect(openSource(path)).rejects.toMatchObject({ code: 'unknown_format' });
  });
});

describe('blocks, which only memport writes', () => {
  test.each<[string, Parameters<typeof pack>[0]]>([
    ['without any member', []],
    ['with a foreign member first', [{ name: 'other/x', data: Buffer.from('x') }]],
  ])('are a damaged archive %s', async (_, entries) => {
    await expect(openSource(await fileOf(pack(entries)))).rejects.toMatchObject({ code: 'integrity' });
    await expect(openSource(await fileOf(pack(entries, { container: 'gzip' })))).rejects.toMatchObject({
      code: 'unknown_format',
    });
  });
});

describe('the format is told from the content', () => {
  test.each([
    ['full.tar.gz', 'feat038-archive'],
    ['full_no_embeddings.tar.gz', 'feat038-archive'],
    ['full.json', 'feat038-json'],
  ])('%s, whatever its name', async (name, format) => {
    const folder = await temporaryFolder();
    await copyFile(FIXTURES + name, join(folder, 'picture.png'));
    expect(await formatOf(join(folder, 'picture.png'))).toBe(format);
  });

  test('archives of memport, also packed again and without their top folder', async () => {
    const archive = await archiveOf(smallSample());
    const entries = unpack(archive);
    const bare = entries.map(entry => ({ ...entry, name: `./${String(entry.name).slice(TOP.length)}` }));
    for (const bytes of [archive, pack(entries, { container: 'gzip' }), pack(bare)])
      expect(await formatOf(await fileOf(bytes))).toBe('memport-archive');
  });

  test('flat archives, whichever member comes first', async () => {
    const manifest = { version: '1.0.0', schema_version: '3.0.0', includes_embeddings: true };
    const flat = pack([{ name: 'manifest.json', data: Buffer.from(JSON.stringify(manifest)) }]);
    await using source = await openSource(await fileOf(flat));
    expect(source.format).toBe('feat038-archive');
  });

  test('a manifest that can not be read is an archive that is damaged', async () => {
    const entries = unpack(await archiveOf(smallSample()));
    for (const change of [replaced('{', ''), () => Buffer.from('[]')])
      await expect(
        openSource(await fileOf(pack(changed(entries, 'manifest.json', change)))),
      ).rejects.toMatchObject({
        code: 'integrity',
      });
  });

  test('a handle stays open', async () => {
    for (const path of [
      `${FIXTURES}full.tar.gz`,
      `${FIXTURES}full.json`,
      await fileOf(await archiveOf(smallSample())),
    ]) {
      await using handle = await open(path);
      const source = await openSource(handle);
      expect(source.version).toBe(source.format === 'feat038-archive' ? '' : '1.0.0');
      expect((await source.verify()).memories).toBeGreaterThan(0);
      expect([source.schemaVersion, source.system === '', Object.keys(source.header).length > 0]).toEqual([
        '3.0.0',
        false,
        true,
      ]);
      let count = 0;
      for await (const batch of source.read()) count += batch.length;
      expect(count).toBeGreaterThan(0);
      await source[Symbol.asyncDispose]();
      expect((await handle.stat()).isFile()).toBe(true);
    }
  });

  test('the format can be given', async () => {
    expect(await formatOf(`${FIXTURES}full.json`, 'feat038-json')).toBe('feat038-json');
    expect(await formatOf(`${FIXTURES}full.tar.gz`, 'feat038-archive')).toBe('feat038-archive');
    await expect(formatOf(`${FIXTURES}full.tar.gz`, 'memport-archive')).rejects.toMatchObject({
      code: 'integrity',
    });
  });
});

describe('what is not understood says so', () => {
  const random = Buffer.from(
    Array.from({ length: 100_000 }, (_, n) => (Math.imul(n + 1, 2_654_435_761) >>> 7) & 0xff),
  );
  test.each<[string, Uint8Array | string, string]>([
    ['an empty file', '', 'empty'],
    ['white space', ' \n', 'another kind'],
    ['an image', Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'), 'another kind'],
    ['random bytes', random, 'another kind'],
    ['a list', '[1]', 'another kind'],
    ['points of Qdrant', '[\n {\n  "id": "a",\n  "payload": {', 'Qdrant'],
    ['Markdown', '# Memory Export\n', 'Markdown'],
    ['Markdown with front matter', '---\ntitle: x\n---\n', 'Markdown'],
    ['compressed text', gzipSync('hello '.repeat(500)), 'compressed'],
    [
      'another tar',
      pack([{ name: 'src/main.c', data: Buffer.from('x') }], { container: 'gzip' }),
      'compressed',
    ],
    [
      'a project archive',
      pack([{ name: 'alpha/archive.tar.gz', data: Buffer.from('x') }], { container: 'gzip' }),
      'no memories',
    ],
    [
      'a project archive, its manifest first',
      pack([{ name: 'alpha/manifest.json', data: Buffer.from('{"archive_version":"9.9"}') }]),
      'no memories',
    ],
    [
      'the index in a project archive',
      pack([{ name: 'index/segment.bin', data: Buffer.from('x') }], { container: 'gzip' }),
      'no memories',
    ],
    ['an empty tar', pack([], { container: 'gzip' }), 'compressed'],
    ['other JSON', '{"a":1}', 'JSON'],
  ])('%s', async (_, bytes, words) => {
    await expect(openSource(await fileOf(bytes))).rejects.toMatchObject({
      code: 'unknown_format',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/./),
    });
  });

  test('a folder, a device, and what is not there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'x.tar.gz'));
    await expect(openSource(join(folder, 'x.tar.gz'))).rejects.toMatchObject({ code: 'unknown_format' });
    await expect(openSource('/dev/null')).rejects.toMatchObject({ code: 'unknown_format' });
    await expect(openSource(join(folder, 'missing'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(openSource(join('/dev/null', 'missing'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(openSource('a\0b')).rejects.toThrow();
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const path = await fileOf('x');
    await chmod(path, 0);
    await expect(openSource(path)).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('damage is no other format', () => {
  test('truncated, or with bytes of its head changed', async () => {
    const archive = await archiveOf(smallSample());
    const entries = unpack(archive);
    const head = (at: number): Buffer => {
      const copy = Buffer.from(archive);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    for (const bytes of [
      archive.subarray(0, 100),
      archive.subarray(0, 600),
      head(0),
      head(1),
      head(12),
      head(300),
      pack(entries, { container: 'gzip' }).subarray(0, 60),
      blocks(Buffer.alloc(600, 'x')),
    ])
      await expect(openSource(await fileOf(bytes))).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a file that is renamed while it is open is read on', async () => {
    const path = await fileOf(await archiveOf(smallSample()));
    await using source = await openSource(path);
    await rename(path, `${path}.old`);
    await writeFile(path, 'another file');
    expect(await source.verify()).toMatchObject({ memories: 12 });
  });
});
