import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEMORIES } from '../../../../src/formats/archive/layout.ts';
import { recordArrays } from '../../../../src/formats/archive/records/record-files.ts';
import { RecordLines } from '../../../../src/formats/archive/records/record-lines.ts';
import { headerOf } from '../samples.ts';

function arrays(memories: number, tombstones: number) {
  return recordArrays(MEMORIES, {
    ...headerOf({ entries: [] }),
    memoryCount: memories,
    tombstoneCount: tombstones,
  });
}

function read(text: string, cuts: readonly number[], counts: readonly [number, number]) {
  const lines: string[] = [];
  const digested: Record<string, { text: string; count: number }> = {};
  const reading = new RecordLines(MEMORIES, arrays(...counts), {
    line: (array, line, position) => lines.push(`${array.name} ${position} ${line}`),
    bytes(array, bytes, count) {
      const part = digested[array.name] ?? { text: '', count: 0 };
      digested[array.name] = { text: part.text + bytes.toString('latin1'), count: part.count + count };
    },
  });
  const bytes = Buffer.from(text, 'latin1');
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (const [index, end] of places.slice(1).entries()) reading.push(bytes.subarray(places[index], end));
  reading.end();
  return { lines, digested };
}

function fileOf(memories: readonly string[], tombstones: readonly string[]): string {
  const body = (lines: readonly string[]) =>
    lines.map((line, n) => `${line}${n + 1 < lines.length ? ',' : ''}\n`).join('');
  const [first, second] = arrays(memories.length, tombstones.length);
  return `${first?.opening}\n${body(memories)}${second?.opening}\n${body(tombstones)}]}\n`;
}

const line = fc
  .string({ unit: fc.constantFrom('a', ']', ',', '\xe9', '"'), maxLength: 8 })
  .map(text => `{${text}}`);

describe('files of records', () => {
  test('give the same lines and digested bytes, however they come in', () => {
    fc.assert(
      fc.property(
        fc.array(line),
        fc.array(line, { maxLength: 3 }),
        fc.array(fc.nat()),
        (memories, tombstones, cuts) => {
          const text = fileOf(memories, tombstones);
          const places = cuts.map(cut => cut % text.length);
          for (const where of [places, [...text].map((_, index) => index)]) {
            const { lines, digested } = read(text, where, [memories.length, tombstones.length]);
            expect(lines).toEqual([
              ...memories.map((memory, n) => `memories ${n} ${memory}`),
              ...tombstones.map((tombstone, n) => `tombstones ${n} ${tombstone}`),
            ]);
            expect(digested.memories?.text ?? '').toBe(memories.join(',\n'));
            expect(digested.memories?.count ?? 0).toBe(memories.length);
            expect(digested.tombstones?.text ?? '').toBe(tombstones.join(',\n'));
          }
        },
      ),
    );
  });

  test('a file that is cut anywhere is refused', () => {
    const text = fileOf(['{1}', '{2}'], ['{3}']);
    for (let length = 0; length < text.length; length += 1)
      expect(() => read(text.slice(0, length), [], [2, 1]), `${length}`).toThrow(
        expect.objectContaining({ code: 'integrity' }),
      );
  });

  test('a line without end is refused before it fills the memory', () => {
    const reading = new RecordLines(MEMORIES, arrays(1, 0), { line: () => {}, bytes: () => {} });
    const chunk = Buffer.alloc(8 * 1024 * 1024, 'x');
    expect(() => {
      for (let n = 0; n < 20; n += 1) reading.push(chunk);
    }).toThrow(expect.objectContaining({ code: 'integrity' }));
  });

  test('a line of 40 MiB is the longest', () => {
    const most = 'x'.repeat(40 * 1024 * 1024);
    expect(read(fileOf([most, 'y'], []), [1_000_000], [2, 0]).lines).toHaveLength(2);
    expect(() => read(fileOf([`${most}xx`], []), [], [1, 0])).toThrow('larger than 40 MiB');
    expect(() => read(fileOf([`${most}xx`], []), [1_000_000], [1, 0])).toThrow('larger than 40 MiB');
  });
});
