import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { type JsonValue, NumberToken } from '../../src/model/json.ts';
import { CATEGORIES, type Memory } from '../../src/model/memory.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { aCodeUnit, aMemory, idOf } from '../support/records.ts';
import { lines, type MakePlace, put } from './place.ts';

const HARD_TEXTS: Readonly<Record<string, string>> = {
  NUL: 'before\0needle\0after',
  'lone surrogates': '\ud800 needle \udc00',
  emoji: '👩‍👩‍👧‍👦 needle 🏳️‍🌈',
  'right to left': 'שלום needle ‏مرحبا',
  'line ends': 'a\r\nneedle\u2028b\u2029\n',
  'one megabyte': `${'word '.repeat(200_000)}needle`,
  'one long word': `${'a'.repeat(1_000_000)} needle`,
  SQL: "'); DROP TABLE memories; -- needle",
};

export function valueContract(makePlace: MakePlace): void {
  describe('values', () => {
    it.each(Object.entries(HARD_TEXTS))(
      'keeps content with %s and finds words in it',
      async (_name, content) => {
        await using store = await (await makePlace()).open();
        const entry = memoryEntry(
          aMemory({ content, projectName: 'p\0\ud800', tags: ['\udfff', 'ok'], embeddingModel: 'm\ud800' }),
          Float32Array.of(1),
        );
        const unit = codeUnitEntry(
          aCodeUnit({ content, projectName: '\ud801', filePath: 'a\0', language: '\ud802' }),
          null,
        );
        await put(store, entry, unit);
        expect(await store.get('memory', [idOf(1)])).toMatchObject([{ line: entry.line, model: 'm\ud800' }]);
        expect(await lines(store, 'code_unit')).toEqual([unit.line]);
        expect((await store.searchText('needle', EVERYTHING, 5)).map(({ line }) => line)).toEqual([
          entry.line,
        ]);
        const { byProject, byTag, byLanguage } = await store.statistics();
        expect([byProject, byTag, byLanguage]).toEqual([
          { 'p\0\ud800': 1 },
          { ok: 1, '\udfff': 1 },
          { '\ud802': 1 },
        ]);
        expect((await store.projects()).map(({ name }) => name)).toEqual(['p\0\ud800', '\ud801']);
        const near = await store.searchVectors(Float32Array.of(1), 'm\ud800', EVERYTHING, 5);
        expect(near).toHaveLength(1);
        await store.transact(transaction => transaction.delete('memory', [idOf(1)], 5n));
        expect(await store.searchText('needle', EVERYTHING, 5)).toEqual([]);
      },
    );

    it('keeps any record to the character', async () => {
      await using store = await (await makePlace()).open();
      await fc.assert(
        fc.asyncProperty(anyMemory, anyVector, async (memory, vector) => {
          const entry = memoryEntry(memory, vector);
          await put(store, entry);
          const [stored] = await store.get('memory', [memory.id]);
          expect(stored?.line).toBe(entry.line);
          expect(stored?.model).toBe(memory.embeddingModel);
          expect(stored?.vector ?? null).toEqual(vector);
        }),
        { numRuns: 100 },
      );
    });
  });
}

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
// Twice as many digits as a bigint of fast-check; 00 would be no number.
const anyNumber = fc
  .bigInt()
  .map(number => new NumberToken(number === 0n ? '0' : `${number}${number}`.replace(/(?!^)-/, '')));
const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ json: JsonValue }>(tie => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    anyText,
    anyNumber,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(anyText, tie('json'), { maxKeys: 3 }),
  ),
})).json;

const anyInstant = fc.bigInt(-62_135_596_800_000_000n, 253_402_300_799_999_999n);
const anyVector = fc.option(
  fc.float32Array({ minLength: 1, maxLength: 8, noNaN: true, noDefaultInfinity: true }),
);
const anyMemory: fc.Arbitrary<Memory> = fc
  .record({
    id: fc.constantFrom(idOf(1), idOf(2), idOf(3)),
    content: anyText.map(text => `${text}.`),
    category: fc.constantFrom(...CATEGORIES),
    projectName: fc.option(anyText),
    tags: fc.array(anyText, { maxLength: 4 }),
    metadata: fc.dictionary(anyText, anyJson, { maxKeys: 4 }),
    embeddingModel: fc.option(anyText),
    createdAt: anyInstant,
    updatedAt: anyInstant,
    lastAccessed: anyInstant,
  })
  .map(aMemory);
