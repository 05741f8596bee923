import { describe, expect, test } from 'vitest';
import { openSource } from '../../../src/formats/detect.ts';
import type { Migration } from '../../../src/formats/migrations/migration.ts';
import type { Source, SourceItem } from '../../../src/formats/source.ts';
import { RecordError } from '../../../src/model/read-fields.ts';
import { fixturePath, readAll, temporaryFile } from '../json/support.ts';

const MEMORIES = [{ id: 'a', text: 'One.' }, { id: 'b', text: 'Two.' }, { id: 'c' }];

/** A made-up past: `text` was renamed to `content`, later `kind` to `category`. */
const STEPS: readonly Migration[] = [
  {
    from: 'memport 1.4',
    to: 'memport 2.0',
    describe: 'text becomes content',
    apply(record) {
      const { text, ...others } = record.value;
      if (typeof text !== 'string') throw new RecordError('text is missing');
      return { ...record, value: { ...others, content: text }, line: null };
    },
  },
  {
    from: 'memport 2.0',
    to: 'memport 3.0',
    describe: 'every memory gets the category of the file',
    apply: (record, header) => ({
      ...record,
      value: { ...record.value, category: header.category ?? null },
      line: null,
    }),
  },
];

async function open(schemaVersion: string | null, migrations = STEPS, top = {}): Promise<Source> {
  const head = schemaVersion === null ? {} : { schema_version: schemaVersion };
  const file = {
    memories: MEMORIES,
    generator: 'memport 0.0.1',
    version: '1.0.0',
    ...head,
    memory_count: MEMORIES.length,
    category: 'fact',
    ...top,
  };
  return openSource(await temporaryFile(JSON.stringify(file)), { migrations });
}

async function contents(source: Source): Promise<readonly SourceItem[]> {
  await source.verify();
  return readAll(source);
}

describe('a file of memport', () => {
  test('of an older version goes through every step from its own, and what a step refuses is rejected', async () => {
    await using source = await open('1.4.2');
    expect(await contents(source)).toMatchObject([
      { value: { id: 'a', content: 'One.', category: 'fact' } },
      { value: { id: 'b', content: 'Two.', category: 'fact' } },
      { type: 'reject', id: 'c', position: 2, reason: 'text is missing', text: '{"id":"c"}' },
    ]);
    expect(source.migrations).toEqual(['memport 1.4 → 2.0', 'memport 2.0 → 3.0']);
  });

  test('of a version in between takes the later steps only', async () => {
    await using source = await open('2.0.0');
    expect((await contents(source))[0]).toMatchObject({ value: { text: 'One.', category: 'fact' } });
    expect(source.migrations).toEqual(['memport 2.0 → 3.0']);
  });

  test.each(['3.0.0', '3.0.7', null])('of today (%s) takes none', async version => {
    await using source = await open(version);
    expect((await contents(source))[0]).toMatchObject({ value: { id: 'a', text: 'One.' } });
    expect(source.migrations).toEqual([]);
  });

  test('of a version that no step leads from is read as one of today, and the warning says so', async () => {
    await using source = await open('2.9.0');
    const { warnings } = await source.verify();
    expect(warnings).toContainEqual(expect.stringMatching(/no migration leads from schema 2\.9/));
    expect((await readAll(source))[0]).toMatchObject({ value: { text: 'One.' } });
    expect(source.migrations).toEqual([]);
  });

  test('of a newer minor version is read with a warning, of a newer major version refused', async () => {
    await using newer = await open('3.4.0');
    expect((await newer.verify()).warnings).toEqual([
      expect.stringMatching(/"3.4.0" is newer than 3.0/),
      '"category" is not understood and was left out',
    ]);
    expect(newer.migrations).toEqual([]);
    await using future = await open('4.0.0');
    await expect(future.verify()).rejects.toMatchObject({ code: 'newer_version' });
  });

  test('says of itself what its file says', async () => {
    await using source = await open('1.4.0');
    await source.verify();
    expect([source.format, source.system, source.version, source.schemaVersion]).toEqual([
      'memport-json',
      'memport',
      '1.0.0',
      '1.4.0',
    ]);
    expect(source.header).toMatchObject({ category: 'fact' });
  });
});

test('the steps of memport are not for files of another system', async () => {
  await using source = await openSource(fixturePath('full.json'), {
    migrations: [{ ...STEPS[1], from: 'memport 3.0', to: 'memport 9' } as Migration],
  });
  await source.verify();
  expect(source.migrations).toEqual(['claude-memory-server 3.0.0 → memport 3.0']);
});
