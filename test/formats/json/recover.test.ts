import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ok, scratch } from '../../support/cli.ts';
import { folderOfFile } from '../../support/folders.ts';
import { fillHome } from '../../support/stores.ts';
import { flipped, numbers, recover, recovered } from '../recovery.ts';
import { fixturePath } from './support.ts';

const home = folderOfFile();
let ours: Buffer;
let theirs: Buffer;
beforeAll(async () => {
  await fillHome(home);
  await ok(['export', join(home, 'a.json'), '--embeddings'], { home });
  ours = readFileSync(join(home, 'a.json'));
  theirs = readFileSync(fixturePath('full.json'));
});

/** The places of whole records: from the line break before each to its last byte. */
function spans(bytes: Buffer, indent: string): { id: string; start: number; end: number }[] {
  const found: { id: string; start: number; end: number }[] = [];
  const pattern = new RegExp(`\\n${indent}\\{[^]*?\\n${indent}\\}(?=,?\\r?\\n)`, 'g');
  const text = bytes.toString('latin1');
  for (const match of text.matchAll(indent === '' ? /\n\{.*\}(?=,?\n)/g : pattern)) {
    const id = /"id"\s*:\s*"([^"]+)"/.exec(match[0])?.[1] ?? '';
    found.push({ id, start: match.index, end: match.index + match[0].length });
  }
  return found;
}

describe.each([
  ['of memport', () => ours, ''],
  ['of claude-memory-server', () => theirs, '    '],
])('JSON %s', (_, bytes, indent) => {
  test('one that is whole is read as ever, and nothing is lost', async () => {
    const { lost, records } = await recovered(bytes());
    expect(lost).toBeNull();
    expect(records.size).toBe(spans(bytes(), indent).length);
    expect(records.size).toBeGreaterThan(3);
  });

  test('cut anywhere: every record before the cut, and none else', async () => {
    const whole = (await recovered(bytes())).records;
    const path = join(scratch(), 'cut');
    for (const length of numbers(3, bytes().length, 60)) {
      const expected = spans(bytes(), indent).filter(({ end }) => end <= length);
      const result = await recover(bytes().subarray(0, length), undefined, path);
      if (typeof result === 'string') {
        expect([result, expected.length], `cut at ${length}`).toEqual([result, 0]);
        continue;
      }
      expect([...result.records.keys()], `cut at ${length}`).toEqual(expected.map(({ id }) => id));
      for (const [id, record] of result.records) expect(record).toEqual(whole.get(id));
      expect(result.lost).not.toBeNull();
    }
  });

  test('a bit flipped anywhere: every other record, unchanged', async () => {
    const whole = (await recovered(bytes())).records;
    const path = join(scratch(), 'flipped');
    for (const bit of numbers(5, bytes().length * 8, 150)) {
      const { records } = await recovered(flipped(bytes(), bit), undefined, path);
      const at = bit >> 3;
      for (const { id, start, end } of spans(bytes(), indent)) {
        // The line break that ends a record is its own affair.
        if (at >= start && at <= end) continue;
        const { warnings: a, ...found } = records.get(id) ?? { warnings: [] };
        const { warnings: b, ...expected } = whole.get(id) ?? { warnings: [] };
        expect(found, `bit ${bit}, record ${id}`).toMatchObject({
          value: (expected as { value: object }).value,
        });
        expect([a, (found as { vector: unknown }).vector]).toEqual([
          b,
          (expected as { vector: unknown }).vector,
        ]);
      }
    }
  }, 60_000);

  test('what was damaged is a reject with its text', async () => {
    const [first, second] = spans(bytes(), indent);
    const broken = Buffer.from(bytes());
    broken.fill(0xff, (first?.start ?? 0) + 60, (first?.start ?? 0) + 64);
    const { items, lost, records } = await recovered(broken);
    expect(items.filter(item => item.type === 'reject')).toMatchObject([
      { reason: expect.stringContaining('UTF-8'), text: expect.stringContaining('{') },
    ]);
    expect(records.has(second?.id ?? '')).toBe(true);
    expect(lost).toMatchObject({ memories: 0, reasons: { 'a record is damaged': 1 } });
  });

  test('garbage behind the end', async () => {
    const { records, lost } = await recovered(Buffer.concat([bytes(), Buffer.from('\n\0garbage{{{"id":')]));
    expect(records.size).toBe(spans(bytes(), indent).length);
    expect(lost?.memories).toBe(0);
  });
});

test('a beginning that is gone', async () => {
  const at = theirs.indexOf('"memories": [');
  const { records, lost, format } = await recovered(theirs.subarray(at));
  expect([records.size, lost?.memories, format]).toEqual([31, null, 'feat038-json']);
  const own = await recovered(ours.subarray(ours.indexOf('"memories": [')));
  expect([own.format, own.lost?.memories]).toEqual(['memport-json', null]);
});

test('the line break and the comma between two records', async () => {
  const broken = Buffer.from(ours.toString('latin1').replace('},\n{', '},X{').slice(0, -2), 'latin1');
  const { records } = await recovered(broken);
  expect(records.size).toBe(spans(ours, '').length);
});

test('a part of a damaged record is not taken for one', async () => {
  const line =
    '{"content":"a","id":"00000000-0000-7000-8000-000000000001","metadata":{"content":"no","id":"no"},"tags":[]}';
  const text = `{"generator":"memport 1","memory_count":2,"memories":[\n${line},\n${line.replace(':{', ':\n{')}\n]`;
  const { records, items } = await recovered(Buffer.from(text));
  expect([...records.keys()]).toEqual(['00000000-0000-7000-8000-000000000001']);
  expect(items.filter(item => item.type === 'reject')).toHaveLength(2);
});

test('JSON on one line: what stands before the damage', async () => {
  const value = JSON.parse(theirs.toString('utf8'));
  const text = Buffer.from(JSON.stringify(value));
  const cut = await recovered(text.subarray(0, Math.floor(text.length * 0.6)));
  expect(cut.records.size).toBeGreaterThan(15);
  expect(cut.records.size).toBeLessThan(31);
  expect(cut.lost?.memories).toBe(31 - cut.records.size - 1);
  const late = await recovered(Buffer.concat([text, Buffer.from('x')]));
  expect(late.records.size).toBe(31);
});

test('kinds are told by their members', async () => {
  const unit = '{"content":"x","file_path":"a.py","id":"1","unit_type":"function"}';
  const deletion = '{"content_hash":"x","deleted_at":"2026-01-01T00:00:00Z","id":"2","kind":"memory"}';
  const text = `{"generator":"memport 1","memory_count":0,"code_unit_count":3,"memories":[\n],"code_units":[\n${unit},\n{"odd":1}\n],"tombstones":[\n${deletion}\n`;
  const { items, lost } = await recovered(Buffer.from(text));
  expect(items).toMatchObject([
    { type: 'record', kind: 'code_unit' },
    { type: 'reject', reason: expect.stringContaining('no id') },
    { type: 'tombstone' },
  ]);
  expect(lost).toMatchObject({ code_units: 2 });
});

test('what holds no record stays refused, and so does what is newer', async () => {
  expect(await recover(Buffer.from('{"version":"1.0.0","memories":[\n{"content'))).toBe('integrity');
  expect(await recover(Buffer.from('hello'))).toBe('unknown_format');
  const newer = ours.toString('latin1').replace('"version": "1.0.0"', '"version": "2.0.0"');
  expect(await recover(Buffer.from(newer.slice(0, -2), 'latin1'))).toBe('newer_version');
});

test('versions that are damaged themselves stop nothing', async () => {
  for (const version of ['{}', '"abc"', '[1]']) {
    const text = ours.toString('latin1').replace('"version": "1.0.0"', `"version": ${version}`);
    const { records, format } = await recovered(Buffer.from(text.slice(0, -2), 'latin1'));
    expect([records.size, format]).toEqual([5, 'memport-json']);
  }
});
