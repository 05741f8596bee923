import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasVector } from '../../../src/formats/json/element.ts';
import { MAX_ELEMENT_BYTES, scanJson } from '../../../src/formats/json/scanner.ts';
import { canonicalJson } from '../../../src/model/canonical.ts';
import { NumberToken } from '../../../src/model/json.ts';
import { pieces, readOne, readRecord, readReject } from './support.ts';

const UNUSABLE = 'the embedding has a number that is not finite: left out';

function nested(depth: number): string {
  return `{"id":"deep","metadata":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
}

describe('readElement: values', () => {
  it('keeps all digits, spellings of numbers and hostile names', async () => {
    const { value, warnings } = await readRecord(
      '{"n":9007199254740993,"f":1.0,"e":1e400,"z":-0,"__proto__":{"x":1},"constructor":[]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"__proto__":{"x":1},"constructor":[],"e":1e400,"f":1.0,"n":9007199254740993,"z":-0}',
    );
    expect(value.n).toEqual(new NumberToken('9007199254740993'));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(warnings).toEqual([]);
  });

  it('lets the last of two members of one name count', async () => {
    const read = await readRecord('{"a":1,"embedding":[1],"a":2,"embedding":[2,3]}');
    expect(read.value).toEqual({ a: 2 });
    expect(read.vector).toEqual(Float32Array.of(2, 3));
  });

  it('makes words of bare NaN and Infinity, with one warning', async () => {
    const { value, warnings } = await readRecord('{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN"}');
    expect(value).toEqual({ a: 'NaN', b: ['Infinity', '-Infinity'], c: 'NaN' });
    expect(warnings).toEqual([expect.stringMatching(/^3 NaN or Infinity/)]);
  });

  it('keeps text with control characters, lone surrogates and NUL', async () => {
    const { value } = await readRecord('{"t":"\\u0000\\ud800 \\u202e\\u007f\\ufeff😀"}');
    expect(value.t).toBe('\u0000\ud800 \u202e\u007f\ufeff😀');
  });
});

describe('readElement: the canonical line', () => {
  it.each([
    '{"a":1,"b":{"c":[true,null,"é"]}}',
    '{"a":9007199254740993,"b":1.50}',
    '{"id":"x","metadata":{"embedding":[1]}}',
    '{"a\\u0001":"\\"embedding\\""}',
  ])('is there for %s', async text => expect((await readRecord(text)).line).toBe(text));

  it.each(['{"b":1,"a":2}', '{ "a":1}', '{"a":1 }', '{"a":"\\u00e9"}', '{"a":NaN}', '{"a":1,"a":1}'])(
    'is not there for %s, which is spelled otherwise',
    async text => {
      expect((await readRecord(text)).line).toBeNull();
    },
  );

  it('is what remains without the vector, wherever that stands', async () => {
    for (const text of [
      '{"a":1,"embedding":[1],"z":2}',
      '{"embedding":[1],"z":2}',
      '{"a":1,"embedding":[1]}',
    ]) {
      const read = await readRecord(text);
      expect(read.line).toBe(text.replace(/,?"embedding":\[1\]/, '').replace('{,', '{'));
      expect(read.vector).toEqual(Float32Array.of(1));
    }
  });

  it('is also found where another embedding hides the vector', async () => {
    const rest = '{"metadata":{"embedding":5},"z":-0.5}';
    const read = await readRecord(rest.replace('{', '{"embedding":[0.5,-0.0],'));
    expect(read).toMatchObject({ line: rest, vector: Float32Array.of(0.5, -0) });
    const spaced = await readRecord('{"embedding":[0.5], "metadata":{"embedding":5}}');
    expect(spaced.line).toBeNull();
  });
});

describe('readElement: the vector', () => {
  it('is float32, each number rounded to the nearest', async () => {
    const { vector, value } = await readRecord(
      '{"embedding" : [ 0.1 ,\n-0.0, 1e-46, 16777217, 3.4028235e38 ] }',
    );
    const expected = Float32Array.of(0.1, -0, 0, 16777216, 3.4028235e38);
    expect(vector).toEqual(expected);
    expect(Object.is(vector?.[1], -0)).toBe(true);
    expect(value).toEqual({});
  });

  it.each(['{"a":1}', '{"embedding":[]}', '{"a":1,"embedding": [ ]}', '{"embedding":null}'])(
    'is none in %s, without a warning',
    async text => expect(await readRecord(text)).toMatchObject({ vector: null, warnings: [] }),
  );

  it.each([
    ['{"embedding":[1,NaN]}', [UNUSABLE]],
    ['{"embedding":[1,-Infinity],"a":1}', [UNUSABLE]],
    ['{"embedding":[1e39]}', [UNUSABLE]],
    ['{"embedding":[1e400],"metadata":{"x":1}}', [UNUSABLE]],
    ['{"embedding":[NaN],"a":NaN}', [expect.stringMatching(/^1 NaN/), UNUSABLE]],
  ])('is left out of %s, with a warning', async (text, warnings) => {
    expect(await readRecord(text)).toMatchObject({ vector: null, warnings });
  });

  it.each(['"x"', '{}', '7', '[1,"2"]', '[1,null]', '[[1]]', '[true]', '["]"]'])(
    'refuses the record when it is %s',
    async value => {
      const text = `{"embedding":${value},"id":"e1"}`;
      expect(await readReject(text)).toMatchObject({
        id: 'e1',
        reason: 'embedding is not a list of numbers',
        text,
      });
    },
  );

  it.each([
    '{"metadata":{"embedding":[9]},"embedding":[1,2]}',
    '{"embedding":[1,2],"metadata":{"embedding":[9]}}',
    '{"content":"\\"embedding\\":[9]","embedding":[1,2]}',
    '{"emb\\u0065dding":[9],"embedding":[1,2]}',
    '{"\\u0065mbedding":[1,2]}',
    '{"list":["embedding",[9]],"embedding":[1,2]}',
    '{"a":"embedding","embedding":[1,2]}',
  ])('is found in %s', async text => {
    expect((await readRecord(text)).vector).toEqual(Float32Array.of(1, 2));
  });

  it.each(['{"metadata":{"embedding":[9]}}', '{"a":"embedding"}', '{"a":["embedding",[1]]}'])(
    'is not what only looks like one in %s',
    async text => {
      const read = await readRecord(text);
      expect(read.vector).toBeNull();
      expect(canonicalJson(read.value)).toBe(text);
    },
  );

  it('comes out of any record at any place as a full parser finds it', async () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }));
    const members = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(members, numbers, members, fc.constantFrom(0, 1), async (a, embedding, b, indent) => {
        const record = Object.fromEntries([
          ...Object.entries(a),
          ['embedding', embedding],
          ...Object.entries(b),
        ]);
        const text = JSON.stringify(record, null, indent);
        const read = await readRecord(text);
        const { embedding: list, ...rest } = JSON.parse(text);
        expect(canonicalJson(read.value)).toBe(canonicalJson(JSON.parse(JSON.stringify(rest))));
        if (Array.isArray(list)) expect([...(read.vector ?? [])]).toEqual(list.map(Math.fround));
      }),
      { numRuns: 200 },
    );
  });
});

describe('readElement: rejects', () => {
  it.each([
    ['[1]', null, /not a JSON object/],
    ['"text"', null, /not a JSON object/],
    ['null', null, /not a JSON object/],
    ['{"id":"a", bad}', 'a', /not JSON at character 11/],
    ['{"id" : "a\\u0062","c":"\\q"}', 'ab', /bad escape/],
    ['{"id":"a","c":"line\nbreak"}', 'a', /control character/],
    ['{"id":7,"c":tru}', null, /a value expected/],
    ['{"id":"\\q"}', null, /bad escape/],
    ['{"id":"a","embedding":[1] "b":2}', 'a', /expected/],
    ['{"embedding":[1],}', null, /a key expected/],
    ['{"embedding":[1] "id":"b"}', 'b', /expected/],
    ['{"embedding" [1]}', null, /":" expected/],
    ['{,"embedding":[1]}', null, /a key expected/],
    ['{"embedding":[1,]}', null, /a value expected/],
    ['{"a":1,,"embedding":[1]}', null, /a key expected/],
    ['{"a":1}{"b":2}', null, /text after the end/],
  ])('takes %s alone, with id, reason and text', async (text, id, reason) => {
    const read = await readReject(text);
    expect(read).toMatchObject({ type: 'reject', kind: 'memory', position: 0, id, text });
    expect(read.reason).toMatch(reason);
  });

  it('accepts nesting 64 deep and refuses 65', async () => {
    expect((await readOne(nested(60))).type).toBe('record');
    expect((await readOne(nested(63))).type).toBe('record');
    expect(await readReject(nested(65))).toMatchObject({ id: 'deep', reason: 'nested deeper than 64' });
    expect(await readReject(nested(1_000_000))).toMatchObject({ id: 'deep' });
  });

  it('refuses what is too large, and keeps 16 MiB of it', async () => {
    const text = `{"id":"big","content":"${'é'.repeat(20 * 1024 * 1024)}"}`;
    const read = await readReject(text);
    expect(read).toMatchObject({
      id: 'big',
      reason: 'larger than 40 MiB; only the first 16 MiB of it are kept',
    });
    expect(read.text.length).toBeGreaterThan(8 * 1024 * 1024 - 10);
    expect(text.startsWith(read.text.slice(0, -1))).toBe(true);
  });

  it('refuses what is too large without its vector, and beyond the room for one', async () => {
    const reason = expect.stringMatching(/^larger than 40 MiB/);
    const content = 'x'.repeat(40 * 1024 * 1024);
    expect(await readReject(`{"content":"${content}","embedding":[1]}`)).toMatchObject({ reason });
    expect(await readReject(`{"content":"${content}","embedding":[NaN]}`)).toMatchObject({ reason });
    expect(await readReject(`{"content":"${'x'.repeat(MAX_ELEMENT_BYTES)}"}`)).toMatchObject({ reason });
  });

  it('refuses more values than a record may have, before it parses them', async () => {
    const many = (item: string, count: number) => `[${`${item},`.repeat(count - 1)}${item}]`;
    for (const item of ['{}', '[]', '1.0', '"a"'])
      expect(await readReject(`{"id":"m","metadata":{"a":${many(item, 200_001)}}}`)).toMatchObject({
        id: 'm',
        reason: 'more than 200000 values',
      });
    expect((await readOne(`{"tags":${many('"a,[{"', 199_000)}}`)).type).toBe('record');
    expect((await readOne(`{"content":"${',{['.repeat(300_000)}"}`)).type).toBe('record');
    expect(await readReject(`{"embedding":${many('{}', 300_000)}}`)).toMatchObject({
      reason: 'more than 200000 values',
    });
  });

  it('takes a vector of up to a million numbers beside them', async () => {
    const list = `[${'1,'.repeat(999_999)}1]`;
    expect((await readRecord(`{"embedding":${list}}`)).vector).toHaveLength(1_000_000);
    expect(await readRecord(`{"embedding":${list.replace('[1', '[NaN')}}`)).toMatchObject({ vector: null });
    expect(await readReject(`{"embedding":${list.replace('[', '[1,')}}`)).toMatchObject({
      reason: 'embedding has more than 1000000 numbers',
    });
  });

  it('accepts a record of 16 MiB with a vector', async () => {
    const text = `{"content":"${'x'.repeat(16 * 1024 * 1024)}","embedding":[1,2]}`;
    expect((await readOne(text)).type).toBe('record');
  });
});

describe('hasVector', () => {
  it.each([
    ['{"embedding":[ 1]}', true],
    ['{"embedding":[ ]}', false],
    ['{"embedding":[NaN]}', false],
    ['{"embedding":[1,-Infinity]}', false],
    ['{"a":1}', false],
    ['{"metadata":{"embedding":[1]}}', false],
    ['{"metadata":{"embedding":[1]},"embedding":[1]}', true],
    ['{"metadata":{"embedding":[1]},"embedding":7}', false],
  ])('%s: %s', async (text, expected) => {
    for await (const batch of scanJson(pieces(Buffer.from(`{"memories":[${text}]}`), 1000), ['memories'])) {
      for (const event of batch) if (event.type === 'element') expect(hasVector(event)).toBe(expected);
    }
  });
});
