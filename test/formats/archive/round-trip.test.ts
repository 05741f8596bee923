import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceItem } from '../../../src/formats/source.ts';
import { ContentDigest } from '../../../src/model/digest.ts';
import type { JsonValue } from '../../../src/model/json.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import { vectorBytes } from '../../../src/model/vector.ts';
import { points } from '../../support/deep.ts';
import { aCodeUnit, aMemory, idOf } from '../../support/records.ts';
import { archiveOf, headerOf, linesOf, readBytes, type Sample, vectorsOf } from './samples.ts';

const text = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1 }).map(part => `${part}\0\ud800"\\,"id":"\n],"tombstones":[\n😀\u2028`),
  fc.constantFrom('{"id":"x"}', ',"id":"', ']}', 'é'.repeat(3000), '":{', '‏שלום'),
);
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
const models = fc.constantFrom(null, 'hashing-4', 'b "quoted"');
const components = fc.float({ noNaN: true, noDefaultInfinity: true });

const record = fc.record({
  content: text,
  metadata: fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'id', 'toJSON')), json, { maxKeys: 4 }),
  extra: fc.dictionary(fc.constantFrom('a', 'aa id', 'zz', '__proto__', 'ida'), json, { maxKeys: 3 }),
  tags: fc.array(text, { maxLength: 3 }),
  model: models,
  vector: fc.option(fc.array(components, { minLength: 1, maxLength: 4 })),
});

const sample = fc
  .record({ memories: fc.array(record, { maxLength: 12 }), units: fc.array(record, { maxLength: 4 }) })
  .map(({ memories, units }): Sample => {
    const vectorOf = (vector: readonly number[] | null) =>
      vector === null ? null : Float32Array.from(vector);
    return {
      entries: [
        ...memories.map(({ content, metadata, extra, tags, model, vector }, n) =>
          memoryEntry(
            aMemory({ id: idOf(n * 3 + 1), content, metadata, extra, tags, embeddingModel: model }),
            vectorOf(vector),
          ),
        ),
        ...units.map(({ content, metadata, extra, model, vector }, n) =>
          codeUnitEntry(
            aCodeUnit({ id: idOf(n + 1), content, metadata, extra, embeddingModel: model }),
            vectorOf(vector),
          ),
        ),
      ],
    };
  });

function digestOf(sample: Sample): string {
  const digest = new ContentDigest();
  for (const kind of ['memory', 'code_unit'] as const) {
    digest.lines(
      kind,
      linesOf(sample, kind).map(({ line }) => line),
    );
    const { memoryVectors, codeUnitVectors } = headerOf(sample);
    for (const group of kind === 'memory' ? memoryVectors : codeUnitVectors) {
      const part = digest.vectors(kind, group.model, group.dimensions);
      for (const { id, bytes } of vectorsOf(sample, kind, group)) {
        part.ids(Buffer.from(id));
        part.data(bytes);
      }
    }
  }
  return digest.finish();
}

function expectSame(items: readonly SourceItem[], entries: readonly Entry[]): void {
  const records = items.filter(item => item.type === 'record');
  expect(records.map(({ kind, line }) => [kind, line])).toEqual(
    entries.map(({ kind, line }) => [kind, line]),
  );
  for (const [index, { vector, warnings, value }] of records.entries()) {
    const own = entries[index]?.vector ?? null;
    expect(warnings).toEqual([]);
    expect(value.id).toBe(entries[index]?.record.id);
    expect(vector && Buffer.from(vectorBytes(vector))).toEqual(own && Buffer.from(vectorBytes(own)));
  }
}

describe('what goes into an archive comes out the same', () => {
  test('for any records and vectors', async () => {
    await fc.assert(
      fc.asyncProperty(sample, fc.integer({ min: 1, max: 5 }), async (any, pageSize) => {
        const { verification, items } = await readBytes(await archiveOf(any, pageSize));
        expect(verification.contentDigest).toBe(digestOf(any));
        expectSame(items, any.entries);
        expect(items).toHaveLength(any.entries.length);
      }),
      { numRuns: points(1000, 60) },
    );
  });

  test('over many blocks, with texts of a megabyte', async () => {
    const entries = Array.from({ length: 1500 }, (_, n) => {
      const content = n % 500 === 0 ? 'ж\0"😀'.repeat(200_000) : `${n} ${'lorem ipsum '.repeat(80)}`;
      return memoryEntry(
        aMemory({ id: idOf(n + 1), content, embeddingModel: n % 2 === 0 ? 'even' : 'odd' }),
        Float32Array.from({ length: 300 }, (_, index) => Math.fround(n / (index + 1))),
      );
    });
    const { verification, items } = await readBytes(await archiveOf({ entries }, 100));
    expect(verification).toMatchObject({ memories: 1500, vectors: 1500, codeUnits: 0 });
    expectSame(items, entries);
  });
});
