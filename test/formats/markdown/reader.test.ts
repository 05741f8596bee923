import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../../src/formats/detect.ts';
import {
  type ListedFile,
  type Manifest,
  manifestLines,
  scanManifest,
} from '../../../src/formats/markdown/manifest.ts';
import type { SourceItem } from '../../../src/formats/source.ts';
import { memoryRecord } from '../../../src/model/memory.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { scratch } from '../../support/cli.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { sectionOf } from './generated.ts';

const FRONT =
  '---\nproject: p\ncategory: fact\ngenerated: 2026-06-01T00:00:00Z\ngenerator: memport 0.0.0\n---\n';

function manifestText(manifest: Manifest): string {
  return [...manifestLines(manifest)].join('');
}

/** In two chunks, neither of which ends with a line. */
async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  yield bytes.subarray(0, bytes.length >> 1);
  yield bytes.subarray(bytes.length >> 1);
}

function section(n: number, content = `Memory ${n}.`): string {
  const memory = aMemory({ id: idOf(n), content });
  return `\n${sectionOf('memory', memoryRecord(memory), memoryEntry(memory, null).line)}`;
}

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = scratch();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function read(path: string, from?: 'markdown') {
  await using source = await openSource(path, { from });
  const verification = await source.verify();
  const items: SourceItem[] = [];
  for await (const batch of source.read()) items.push(...batch);
  return { verification, items };
}

const ofType = <T extends SourceItem['type']>(items: readonly SourceItem[], type: T) =>
  items.filter((item): item is Extract<SourceItem, { type: T }> => item.type === type);

describe('a page', () => {
  test('is a source by itself', async () => {
    const folder = folderOf({ 'a.md': FRONT + section(1) + section(2) });
    const { verification, items } = await read(join(folder, 'a.md'));
    expect(verification).toMatchObject({ memories: 2, codeUnits: 0, warnings: [] });
    expect(items.map(item => item.type)).toEqual(['record', 'record']);
  });

  test('may begin with a byte order mark and have the line ends of Windows', async () => {
    const text = `\ufeff${(FRONT + section(1)).replaceAll('\n', '\r\n')}`;
    const { items } = await read(join(folderOf({ 'a.md': text }), 'a.md'));
    expect(items).toMatchObject([
      { type: 'record', line: memoryEntry(aMemory({ content: 'Memory 1.' }), null).line },
    ]);
  });

  test('that is not UTF-8 is rejected section by section', async () => {
    const bytes = Buffer.concat([
      Buffer.from(FRONT + section(1)),
      Buffer.from('\n## b\xe9\n\nx\n', 'latin1'),
      Buffer.from(section(2)),
    ]);
    const { items } = await read(join(folderOf({ 'a.md': bytes }), 'a.md'));
    expect(items.map(item => item.type)).toEqual(['record', 'reject', 'record']);
    expect(ofType(items, 'reject')[0]?.reason).toMatch(/^line:\d+: not UTF-8$/);
  });

  test('gives new sections what its front matter says, and the same id each time', async () => {
    const folder = folderOf({
      'a.md': `${FRONT}\n## Title\n\nText.\n\n## Alone\n\n## With\n\n\`\`\`yaml memport-memory\ncategory: event\nproject_name: null\n\`\`\`\n\nWithout a project.\n`,
    });
    const [first, second] = [await read(join(folder, 'a.md')), await read(join(folder, 'a.md'))];
    expect(first.items).toEqual(second.items);
    expect(ofType(first.items, 'record').map(({ value }) => value)).toMatchObject([
      {
        content: 'Title\n\nText.',
        category: 'fact',
        project_name: 'p',
        scope: 'project',
        created_at: '2026-06-01T00:00:00.000001Z',
      },
      { content: 'Alone', category: 'fact' },
      { content: 'With\n\nWithout a project.', category: 'event', project_name: null, scope: 'global' },
    ]);
  });

  test('with a heading that was changed says so', async () => {
    const folder = folderOf({ 'a.md': FRONT + section(1).replace('## Memory 1.', '## Other') });
    expect((await read(join(folder, 'a.md'))).items).toMatchObject([
      { warnings: [expect.stringContaining('heading')] },
    ]);
  });

  test('with a copied section whose id was removed has a memory with the same text', async () => {
    const copy = section(1, '# Heading\n\nText.')
      .replace(/^id: .*\n/m, '')
      .replace('Text.', 'Other.');
    const { items } = await read(join(folderOf({ 'a.md': FRONT + copy }), 'a.md'));
    expect(items).toMatchObject([
      { value: { content: '# Heading\n\nOther.', id: expect.not.stringMatching(idOf(1)) } },
    ]);
  });

  test('names the id of what it rejects, as far as it can be seen', async () => {
    const broken = section(1).replace('category: fact', 'category: [');
    const { items } = await read(join(folderOf({ 'a.md': FRONT + broken }), 'a.md'));
    expect(items).toMatchObject([{ type: 'reject', id: idOf(1) }]);
  });

  test('with a section that has lost its hash takes the dates as they stand', async () => {
    const folder = folderOf({ 'a.md': FRONT + section(1).replace(/ sha256=\w+/, '') });
    expect((await read(join(folder, 'a.md'))).items).toMatchObject([
      { warnings: [expect.stringContaining('hash')] },
    ]);
  });

  test('with a section in a comment holds it no longer', async () => {
    const text = `${FRONT}${section(1)}\n<!--\n${section(2)}\n-->\n`;
    const { items } = await read(join(folderOf({ 'a.md': text }), 'a.md'));
    expect(items).toMatchObject([{ type: 'reject', id: idOf(1) }]);
  });

  test.each([
    [
      'content in the metadata',
      section(1).replace('category:', 'content: x\ncategory:'),
      'below the metadata',
    ],
    [
      'a code unit without an id',
      '\n## x\n\n```yaml memport-code-unit\nname: x\n```\n\nx\n',
      'only memories can be new',
    ],
    ['metadata without an end', '\n## x\n\n~~~~yaml memport-memory\nname: x\n', 'not closed'],
    ['a text that no record holds', `\n## x\n\n${'y'.repeat(17 * 1024 * 1024)}\n`, 'longer than 16 MiB'],
    ['a section beyond all limits', `\n## x\n\n${'y'.repeat(97 * 1024 * 1024)}\n`, 'longer than 96 MiB'],
  ])('with %s is rejected there', async (_, text, reason) => {
    const { items } = await read(join(folderOf({ 'a.md': FRONT + text + section(2) }), 'a.md'));
    const [reject] = ofType(items, 'reject');
    expect(reject?.reason).toMatch(/^line:\d+: /);
    expect(reject?.reason).toContain(reason);
  });

  test('of a newer major version is refused', async () => {
    const text = FRONT.replace('category', 'format: memport_knowledge_base\nversion: "2.0.0"\ncategory');
    await expect(read(join(folderOf({ 'a.md': text }), 'a.md'))).rejects.toMatchObject({
      code: 'newer_version',
    });
  });

  test('that memport has not written is taken only when told so', async () => {
    const path = join(folderOf({ 'a.md': '# Notes\n\n## One\n\nText.\n' }), 'a.md');
    await expect(read(path)).rejects.toMatchObject({ code: 'unknown_format' });
    const broken = join(folderOf({ 'a.md': '---\na: [\n---\n\n## One\n' }), 'a.md');
    await expect(read(broken)).rejects.toMatchObject({ code: 'unknown_format' });
    expect((await read(path, 'markdown')).items).toMatchObject([
      { type: 'reject', reason: expect.stringContaining('category') },
    ]);
  });
});

describe('a folder', () => {
  test('without a list of records is read, with a note', async () => {
    const { verification, items } = await read(
      folderOf({ 'p/a.md': FRONT + section(1), 'p/b.md': FRONT + section(2) }),
    );
    expect(verification.warnings).toMatchObject([
      expect.stringContaining('removed sections can not be told'),
    ]);
    expect(items.map(item => item.type)).toEqual(['record', 'record']);
  });

  test('of a list names what is missing and where it was', async () => {
    const file = { bytes: 1, sha256: 'x', headSha256: 'x', kind: 'memory' as const };
    const header = {
      format: 'memport_knowledge_base',
      version: '1.0.0',
      schema_version: '3.0.0',
      export_date: '2026-06-01T00:00:00Z',
    };
    const text = manifestText({
      header,
      files: [
        { ...file, path: 'p/a.md', ids: [idOf(1), idOf(2)] },
        { ...file, path: 'p/b.md', ids: [idOf(3)] },
      ],
    });
    const { verification, items } = await read(
      folderOf({ '.memport-export.jsonl': text, 'p/a.md': FRONT + section(1) }),
    );
    expect(verification.warnings).toEqual([]);
    expect(ofType(items, 'missing').map(({ id, place }) => [id, place])).toEqual([
      [idOf(2), 'p/a.md'],
      [idOf(3), 'p/b.md'],
    ]);
  });

  test.skipIf(process.platform === 'win32')('is not left through links', async () => {
    const outside = folderOf({ 'secret.md': FRONT + section(9) });
    const folder = folderOf({ 'p/a.md': FRONT + section(1) });
    symlinkSync(outside, join(folder, 'q'));
    symlinkSync(join(outside, 'secret.md'), join(folder, 'p/b.md'));
    const { verification, items } = await read(folder);
    expect(ofType(items, 'record')).toHaveLength(1);
    expect(verification.warnings.join()).toContain('p/b.md is a link');
  });

  test('hidden folders and what lies too deep are passed over', async () => {
    const { items } = await read(
      folderOf({
        'p/a.md': FRONT + section(1),
        '.git/b.md': FRONT + section(2),
        'a/b/c/d/e/f/g/h/i/c.md': FRONT + section(3),
      }),
    );
    expect(items).toHaveLength(1);
  });

  test('of other things is none', async () => {
    await expect(read(folderOf({ 'x.txt': 'x', 'README.md': '# x\n' }))).rejects.toMatchObject({
      code: 'unknown_format',
    });
  });
});

describe('a list of what was written', () => {
  const scan = async (text: string): Promise<readonly ListedFile[] | null> => {
    const files: ListedFile[] = [];
    const header = await scanManifest(chunksOf(text), file => void files.push(file));
    return header === null ? null : files;
  };
  const good = manifestText({
    header: { a: 1 },
    files: [{ path: 'index.md', bytes: 1, sha256: 'x', headSha256: 'y', kind: 'code_unit', ids: [idOf(1)] }],
  });

  test('comes back', async () =>
    expect(await scan(good)).toMatchObject([{ kind: 'code_unit', ids: [idOf(1)] }]));

  test('is not refused for what was wrong elsewhere', async () => {
    const fault = new Error('elsewhere');
    const see = async (): Promise<void> => {
      throw fault;
    };
    await expect(scanManifest(chunksOf(good), see)).rejects.toBe(fault);
  });

  test.each([
    ['cut off', good.slice(0, good.indexOf('\n') + 1)],
    ['no JSON', 'x\n'],
    ['empty', ''],
    ['no objects', '[]\n'],
    ['with another path', good.replace('index.md', '../x.md')],
    ['with an absolute path', good.replace('index.md', '/etc/x.md')],
    ['with a hidden path', good.replace('index.md', '.git/x.md')],
    ['with a path of no page', good.replace('index.md', 'a/b/c.md')],
    ['without a digest', good.replace('"sha256":"x"', '"sha256":1')],
    ['without a size', good.replace('"bytes":1', '"bytes":"1"')],
    ['with ids that are none', good.replace(idOf(1), 'x')],
    ['with no list of ids', good.replace(/\["0.*?\]/, '1')],
  ])('%s is none', async (_, text) => expect(await scan(text)).toBeNull());
});
