import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASHING_MODEL, hashingEmbedder } from '../../src/embedding/hashing.ts';
import { vectorBytes } from '../../src/model/vector.ts';

const embedder = hashingEmbedder();

async function vectorOf(text: string): Promise<Float32Array> {
  const [vector] = await embedder.embed([text]);
  if (!vector) throw new Error('no vector');
  return vector;
}

async function cosine(a: string, b: string): Promise<number> {
  const [left, right] = [await vectorOf(a), await vectorOf(b)];
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

async function fingerprint(text: string): Promise<string> {
  return createHash('sha256')
    .update(vectorBytes(await vectorOf(text)))
    .digest('hex');
}

/** What takes this long has stalled, on any machine. */
const STALLED_MS = 30_000;

describe('hashing embedder', () => {
  it('names itself and its dimensions', async () => {
    expect(embedder.model).toBe('memport-hash-384-v1');
    expect(embedder.model).toBe(HASHING_MODEL);
    expect(embedder.dimensions).toBe(384);
    expect((await vectorOf('anything')).length).toBe(384);
  });

  // Frozen: vectors of this model lie in the stores of users. A change of any of these needs a new model name.
  it.each([
    ['', '373421642a44f7412f4316b06f4e62f24ef7b30c879338577170cfadcf591baa'],
    [
      'We deploy with Docker Compose on Fridays.',
      '238d57104dce67ac1eaae6918fb8cab75157dbb3d9d9e743504d26f84ade9f04',
    ],
    ['Café, naïve — 1_000 × ΑΒΓ', '9e2836ac953515e13cd8fcfc2ab58c0b139326a73cddce7f86aa183636116bff'],
    ['金曜日にデータベースを移行する', '4a4e74e40c79a90845b59f46b87eb387c691d52ce946c181c769bbd978acef11'],
    ['สำรองฐานข้อมูล', '043e3a6eb2b195f01ab84134aef13946066bd1d65e9303f35b9b1cf09e803295'],
    ['\ud800 lone \udfff and 👩‍🚀', 'b048cd616c0c519709a98476436f404aaf640c42f207ef735b2328d4436d506d'],
    ['word '.repeat(5000), 'f584abd6ad6267361b16edf12d22caa077bc3de6cc58c780b27b63c591ec57b9'],
  ])('keeps vector %# to the bit', async (text, sha256) => {
    expect(await fingerprint(text)).toBe(sha256);
  });

  it('gives a finite unit vector for any text, the same each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async text => {
        const vector = await vectorOf(text);
        const length = Math.hypot(...vector);
        expect(Math.abs(length - 1)).toBeLessThan(1e-6);
        expect(await vectorOf(text)).toEqual(vector);
      }),
      { numRuns: 300 },
    );
  });

  it('gives one vector per text, in order, whatever stood before it', async () => {
    const texts = ['first text', '', 'second text', 'first text'];
    const together = await embedder.embed(texts);
    expect(together).toEqual(await Promise.all(texts.map(vectorOf)));
    expect(await embedder.embed([])).toEqual([]);
  });

  it('gives texts without a word the vector that shares nothing with others', async () => {
    for (const text of ['', ' \n\t', '... — !?', '\ufeff', '。、「」']) {
      expect((await vectorOf(text))[0]).toBe(1);
      expect(await cosine(text, 'a word')).toBe(0);
    }
  });

  it('finds shared words nearer than unrelated text', async () => {
    const query = 'how do we deploy with docker';
    const near = await cosine(query, 'Deploy to staging with docker compose, then run the migrations');
    const far = await cosine(query, 'The user likes short commit messages and tabs');
    expect(near).toBeGreaterThan(0.25);
    expect(near).toBeGreaterThan(far + 0.2);
  });

  it.each([
    ['postgres migration', 'postgers migrations', 'a red bicycle'],
    ['Refactoring', 'refactored', 'unrelated'],
    ['Straßenbahn', 'strassenbahnen', 'Fahrrad'],
    ['configuration file', 'configuraton files', 'weekly meeting'],
  ])('keeps %j near %j', async (text, similar, other) => {
    expect(await cosine(text, similar)).toBeGreaterThan((await cosine(text, other)) + 0.15);
  });

  it('ignores case, accents and compatibility forms', async () => {
    expect(await cosine('CAFÉ Zürich', 'cafe zurich')).toBeCloseTo(1);
    expect(await cosine('ﬁle ＡＢＣ', 'file abc')).toBeCloseTo(1);
    expect(await cosine('cafe\u0301', 'café')).toBeCloseTo(1);
    expect(await cosine('שָׁלוֹם', 'שלום')).toBeCloseTo(1);
  });

  it.each([
    ['金曜日にデータベースを移行する', 'データベースの移行', '猫はソファが好き'],
    ['数据库每周五备份', '备份数据库', '我喜欢喝咖啡'],
    ['커피를 좋아한다', '커피가 좋다', '데이터베이스 이전'],
    ['สำรองฐานข้อมูลทุกวันศุกร์', 'ฐานข้อมูล', 'ฉันชอบกาแฟ'],
    ['𠮷野家で昼食', '𠮷野家', '東京駅'],
  ])('finds text without spaces: %s', async (text, part, other) => {
    expect(await cosine(text, part)).toBeGreaterThan((await cosine(text, other)) + 0.15);
  });

  it('counts repeated words less than linearly', async () => {
    const once = await cosine('apple banana', 'banana');
    const often = await cosine(`apple ${'banana '.repeat(1000)}`, 'banana');
    expect(often).toBeGreaterThan(once);
    expect(await cosine(`apple ${'banana '.repeat(1000)}`, 'apple')).toBeGreaterThan(0.05);
  });

  it(
    'reads the first 100,000 characters only',
    async () => {
      const start = 'lorem ipsum '.repeat(9000);
      expect(await vectorOf(start)).toEqual(await vectorOf(`${start}something else`));
      const hostile = [
        'x '.repeat(8 * 1024 * 1024),
        'a\u0301\u0323'.repeat(1_000_000),
        '\ufdfa'.repeat(1_000_000),
      ];
      for (const text of hostile) await vectorOf(text);
    },
    STALLED_MS,
  );

  it(
    'takes a flood of combining marks without stalling',
    async () => {
      await vectorOf(`a${'\u0301\u0323\u0334'.repeat(33_000)}`);
    },
    STALLED_MS,
  );

  it('lets other work run, and stops when told', async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const texts = Array.from({ length: 100 }, () => 'word '.repeat(20_000));
    await expect(embedder.embed(texts, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(embedder.embed(['text'], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(await embedder.embed(['text'], new AbortController().signal)).toHaveLength(1);
  });
});
