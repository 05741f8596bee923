import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../../src/formats/detect.ts';
import { findMarkdown, openPage } from '../../../src/formats/markdown/page-files.ts';
import { CATEGORIES } from '../../../src/model/memory.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import type { Reader } from '../../../src/store/store.ts';
import { gatherBase } from '../../../src/transfer/markdown/base.ts';
import { exportFolder } from '../../../src/transfer/markdown/export-folder.ts';
import { groupRecords, listOf } from '../../../src/transfer/markdown/group-records.ts';
import { recordSetOf, recordSetOfFolder } from '../../../src/transfer/markdown/read-back.ts';
import { scratch } from '../../support/cli.ts';
import { aPlan, storeOf } from '../../support/markdown.ts';
import { aCodeUnit, aMemory, at, idOf } from '../../support/records.ts';

const memory = (n: number, parts: Parameters<typeof aMemory>[0] = {}): Entry =>
  memoryEntry(aMemory({ id: idOf(n), content: `Memory ${n}.`, ...parts }), null);

describe('the folder of a knowledge base', () => {
  test('[P1-03] [PART-05] has code units with file and lines, in their order', async () => {
    const folder = scratch();
    const units = [30, 4].map((startLine, n) =>
      codeUnitEntry(aCodeUnit({ id: idOf(n), name: `f${n}`, startLine, endLine: startLine + 2 }), null),
    );
    await using store = await storeOf(join(folder, 'x.db'), [memory(9), ...units]);
    await exportFolder(store, join(folder, 'kb'), aPlan(), {});
    const page = readFileSync(join(folder, 'kb/alpha/code-units.md'), 'utf8');
    expect([...page.matchAll(/^## .*$/gm)].map(([heading]) => heading)).toEqual([
      '## f1 (src/main.py:4-6)',
      '## f0 (src/main.py:30-32)',
    ]);
    expect(page).toContain('```python memport-content\ndef main():\n    pass\n\n```\n');
    expect(readFileSync(join(folder, 'kb/index.md'), 'utf8')).toContain(
      '1 memory and 2 code units of 1 project, exported 2026-06-01 00:00:00 UTC.',
    );
    const without = await exportFolder(
      store,
      join(folder, 'kb'),
      aPlan({ code: false, exportType: 'filtered' }),
      {},
    );
    expect(without).toMatchObject({ code_units: 0, filesRemoved: 1, files: 2 });
    expect(readFileSync(join(folder, 'kb/index.md'), 'utf8')).toContain('a part of what there is');
  });

  test('of an empty store is an index', async () => {
    const folder = scratch();
    await using store = await storeOf(join(folder, 'x.db'), []);
    expect(await exportFolder(store, join(folder, 'kb'), aPlan(), {})).toMatchObject({
      memories: 0,
      files: 1,
    });
    await using source = await openSource(join(folder, 'kb'));
    expect(await source.verify()).toMatchObject({ memories: 0, warnings: [] });
  });

  test('names the first of many pages that were edited, and writes nothing', async () => {
    const folder = scratch();
    const kb = join(folder, 'kb');
    await using store = await storeOf(
      join(folder, 'x.db'),
      CATEGORIES.map((category, n) => memory(n, { category })),
    );
    await exportFolder(store, kb, aPlan({ verify: false }), {});
    for (const category of CATEGORIES) writeFileSync(join(kb, `global/${category}.md`), 'mine');
    await expect(exportFolder(store, kb, aPlan(), {})).rejects.toMatchObject({
      code: 'safety_stop',
      message: expect.stringMatching(/context\.md.* and 1 more; nothing was written/),
    });
    await expect(exportFolder(store, kb, aPlan({ force: true }), {})).resolves.toMatchObject({ memories: 6 });
  });

  test('where there is a folder in the place of a page is left alone', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'kb/index.md'), { recursive: true });
    await using store = await storeOf(join(folder, 'x.db'), [memory(1)]);
    await expect(exportFolder(store, join(folder, 'kb'), aPlan({ force: true }), {})).rejects.toMatchObject({
      code: 'safety_stop',
    });
    expect(readdirSync(join(folder, 'kb'))).toEqual(['index.md']);
  });

  test('that could not be read back as it was written gets no name', async () => {
    const folder = scratch();
    await using store = await storeOf(join(folder, 'x.db'), [memory(1, { content: 'one' })]);
    // A record that says something else each time it is read is never what was written.
    const line = memoryEntry(aMemory({ id: idOf(1), content: 'one' }), null).line.replace(
      '"one"',
      '"one","content":"two"',
    );
    const reader = new Proxy<Reader>(store, {
      get: (target, name) =>
        name === 'lines'
          ? async () => [{ id: idOf(1), line, model: null, dimensions: null }]
          : Reflect.get(target, name).bind(target),
    });
    await expect(exportFolder(reader, join(folder, 'kb'), aPlan(), {})).rejects.toMatchObject({
      code: 'integrity',
    });
    expect(readdirSync(folder)).not.toContain('kb');
  });
});

describe('the records of a group', () => {
  test('come in the order of their ids, large ones one by one', async () => {
    const folder = scratch();
    const content = 'x'.repeat(3 * 1024 * 1024);
    const numbers = [3, 1, 2, 5, 4];
    await using store = await storeOf(
      join(folder, 'x.db'),
      numbers.map(n => memory(n, { content })),
    );
    const ids = numbers.map(idOf).join('');
    const sizes: number[] = [];
    const found: string[] = [];
    for await (const records of groupRecords(store, 'memory', ids, {})) {
      sizes.push(records.length);
      found.push(...records.map(({ id }) => id));
    }
    expect(found).toEqual(listOf(ids));
    const gone = groupRecords(store, 'memory', idOf(9), {});
    await expect(gone.next()).rejects.toMatchObject({ code: 'integrity' });
  });
});

test('a store that counts other records than it shows is not exported', async () => {
  const folder = scratch();
  await using store = await storeOf(join(folder, 'x.db'), [memory(1)]);
  const reader = new Proxy<Reader>(store, {
    get: (target, name) =>
      name === 'counts'
        ? async () => ({ memories: 2, codeUnits: 0, tombstones: 0 })
        : Reflect.get(target, name).bind(target),
  });
  await expect(gatherBase(reader, aPlan(), {})).rejects.toMatchObject({ code: 'integrity' });
});

test('pages that were edited are not what was written', async () => {
  const folder = scratch();
  await using store = await storeOf(join(folder, 'x.db'), [memory(1, { createdAt: at('2026-01-01') })]);
  await exportFolder(store, join(folder, 'kb'), aPlan(), {});
  const path = join(folder, 'kb/global/fact.md');
  writeFileSync(path, readFileSync(path, 'utf8').replace('## Memory', '## Other'));
  await using source = await openSource(join(folder, 'kb'));
  await source.verify();
  expect(await recordSetOf(source, {})).toBeNull();
});

describe('a folder is not what was written', () => {
  const folderOf = async (): Promise<string> => {
    const folder = scratch();
    const memories = [1, 2, 3].map(n => memory(n, { category: n === 3 ? 'event' : 'fact' }));
    await using store = await storeOf(join(folder, 'x.db'), memories);
    await exportFolder(store, join(folder, 'kb'), aPlan(), {});
    return join(folder, 'kb');
  };
  const edited =
    (path: string, change: (text: string) => string) =>
    (kb: string): void => {
      const before = readFileSync(join(kb, path), 'utf8');
      const after = change(before);
      expect(after).not.toBe(before);
      writeFileSync(join(kb, path), after);
    };

  test('unless it is', async () => expect(await recordSetOfFolder(await folderOf(), {})).toMatch(/^3 /));

  test.each<[string, (kb: string) => void]>([
    ['with another heading', edited('global/fact.md', text => text.replace('## Memory', '## Other'))],
    ['with another content', edited('global/fact.md', text => text.replace(/^Memory 1/m, 'Memory 7'))],
    ['with a section more', edited('global/fact.md', text => `${text}\n## New\n\nNew.\n`)],
    ['with a section twice', edited('global/fact.md', text => text + text.slice(text.indexOf('\n## ')))],
    ['with a section less', edited('global/fact.md', text => text.slice(0, text.lastIndexOf('\n## ')))],
    ['without a hash', edited('global/fact.md', text => text.replace(/ sha256=\w+/, ''))],
    ['with metadata that can not be read', edited('global/fact.md', text => text.replace('id: ', 'id: ['))],
    [
      'with sections in another order',
      edited('.memport-export.jsonl', text => text.replace(/\["([\w-]+)","([\w-]+)"\]/, '["$2","$1"]')),
    ],
    ['with a page that is not listed', kb => writeFileSync(join(kb, 'global/new.md'), '')],
    ['with a list that was cut off', edited('.memport-export.jsonl', text => text.slice(0, -20))],
    [
      'with a page in the place of another',
      kb => copyFileSync(join(kb, 'global/event.md'), join(kb, 'global/fact.md')),
    ],
    ['with a link', kb => symlinkSync('fact.md', join(kb, 'global/link.md'))],
  ])('%s', async (_, spoil) => {
    const kb = await folderOf();
    spoil(kb);
    expect(await recordSetOfFolder(kb, {})).toBeNull();
  });
});

test('a store that shows one record twice and another never is not exported', async () => {
  const folder = scratch();
  await using store = await storeOf(join(folder, 'x.db'), [memory(1), memory(2)]);
  const reader = new Proxy<Reader>(store, {
    get: (target, name) =>
      name === 'groupIds'
        ? async (group: Parameters<Reader['groupIds']>[0]) =>
            (await target.groupIds(group)).replace(idOf(2), idOf(1))
        : Reflect.get(target, name).bind(target),
  });
  await expect(exportFolder(reader, join(folder, 'kb'), aPlan(), {})).rejects.toMatchObject({
    code: 'integrity',
  });
});

describe('files of a folder', () => {
  test('are not more than is sensible', async () => {
    const folder = scratch();
    for (const name of ['a.md', 'b.md']) writeFileSync(join(folder, name), 'x');
    expect((await findMarkdown(folder)).paths).toEqual(['a.md', 'b.md']);
    await expect(findMarkdown(folder, 1)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('are regular files', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'a.md'));
    await expect(openPage(folder, 'a.md')).rejects.toMatchObject({ code: 'integrity' });
  });
});
