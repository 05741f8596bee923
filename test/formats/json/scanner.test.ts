import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ELEMENT_BYTES, MAX_HEADER_BYTES } from '../../../src/formats/json/scanner.ts';
import { NumberToken } from '../../../src/model/json.ts';
import { type SeenElement, type SeenEvent, scanAll } from './support.ts';

const integrity = (message: RegExp | string) =>
  expect.objectContaining({ code: 'integrity', message: expect.stringMatching(message) });

function elements(events: readonly SeenEvent[]): SeenElement[] {
  return events.filter(event => event.type === 'element');
}

describe('scanJson', () => {
  it('gives members, arrays and elements in the order of the file', async () => {
    const text = ' {"a": 1.0,\r\n"memories":[ {"x":[1,{}]} , 2,"]"],"b":{"memories":[3]},"code_units":[]}\n';
    expect(await scanAll(text)).toEqual([
      { type: 'member', name: 'a', value: new NumberToken('1.0') },
      { type: 'array', name: 'memories' },
      {
        type: 'element',
        array: 'memories',
        position: 0,
        offset: text.indexOf('{"x"'),
        depth: 3,
        cut: false,
        text: '{"x":[1,{}]}',
      },
      {
        type: 'element',
        array: 'memories',
        position: 1,
        offset: text.indexOf('2,'),
        depth: 0,
        cut: false,
        text: '2',
      },
      {
        type: 'element',
        array: 'memories',
        position: 2,
        offset: text.indexOf('"]"'),
        depth: 0,
        cut: false,
        text: '"]"',
      },
      { type: 'member', name: 'b', value: { memories: [3] } },
      { type: 'array', name: 'code_units' },
    ]);
  });

  it('gives the same whatever the chunks', async () => {
    const text =
      '\ufeff{"schlüssel\\n":"wört\\"er 😀\\\\","memories":[{"é":"\\\\\\"]}","n":[[-1e5]]} ,"😀"],"z":NaN}';
    const whole = await scanAll(text, 1000);
    expect(whole).toHaveLength(5);
    expect(whole.at(-1)).toEqual({ type: 'member', name: 'z', value: 'NaN' });
    for (let size = 1; size < Buffer.byteLength(text); size += 1) {
      expect(await scanAll(text, size)).toEqual(whole);
    }
  });

  it('delimits any JSON, indented or not, at any chunk size', async () => {
    const record = fc.jsonValue({ maxDepth: 4 });
    const inputs = [fc.array(record), fc.constantFrom(0, 2), fc.integer({ min: 1, max: 50 })] as const;
    await fc.assert(
      fc.asyncProperty(...inputs, async (records, indent, size) => {
        const text = JSON.stringify({ before: 1, memories: records, after: records }, null, indent);
        const events = await scanAll(text, size);
        expect(elements(events).map(element => JSON.parse(element.text))).toEqual(
          JSON.parse(JSON.stringify(records)),
        );
        const bytes = Buffer.from(text);
        for (const { text: found, offset } of elements(events)) {
          expect(bytes.toString('utf8', offset, offset + Buffer.byteLength(found))).toBe(found);
        }
        expect(events.filter(event => event.type === 'member')).toHaveLength(2);
      }),
      { numRuns: 60 },
    );
  });

  it('delivers what is delimited but no JSON, for its reader to reject', async () => {
    const broken = ['{"a" 1}', 'bare word', '"\\q"', "{'a': 1}", '{"a":1} {"b":2}', '[1,]', '{"a":[}]'];
    const events = await scanAll(`{"memories": [${broken.join(' , ')}, {"good":1}]}`);
    expect(elements(events).map(element => element.text)).toEqual([...broken, '{"good":1}']);
  });

  it.each([
    ['', /damaged at byte 0: it ends early/],
    ['[]', /at byte 0: an object expected/],
    ['{', /at byte 1: it ends early/],
    ['{,}', /at byte 1: a key or "}" expected/],
    ['{"a"', /at byte 4: it ends early/],
    ['{"a",1}', /at byte 4: ":" expected/],
    ['{"a":}', /at byte 5: a value expected/],
    ['{"a":1', /at byte 6: it ends early/],
    ['{"a":1,}', /at byte 7: a key expected/],
    ['{"a":1]', /at byte 6: "," or "}" expected/],
    ['{"a":tru}', /at byte 5: in the value that begins there: not JSON/],
    ['{"a\\q":1}', /at byte 1: in the value that begins there: not JSON/],
    ['{a:1}', /at byte 1: a key or "}" expected/],
    ['{"memories":[,1]}', /at byte 13: a value or "]" expected/],
    ['{"memories":[1,]}', /at byte 15: a value expected/],
    ['{"memories":[1}}', /at byte 14: "," or "]" expected/],
    ['{"memories":[{"a":"', /at byte 19: it ends early/],
    ['{"memories":[1],"memories":[2]}', /at byte 16: "memories" is there twice/],
    ['{"a":1,"\\u0061":2}', /at byte 7: "a" is there twice/],
    ['{} x', /at byte 3: the end of the text expected/],
    ['{}{}', /at byte 2: the end of the text expected/],
  ])('calls %j damaged, and says where', async (text, message) => {
    for (const size of [1, 3, 1000]) await expect(scanAll(text, size)).rejects.toEqual(integrity(message));
  });

  it.each([
    ['a wrong byte', [0x7b, 0x22, 0xff, 0x22], 2],
    ['a character that is cut off by ASCII', [0x7b, 0x22, 0xe2, 0x82, 0x22], 2],
    ['a character that the end cuts off', [0x7b, 0x22, 0xf0, 0x9f, 0x98], 2],
    ['an encoded surrogate', [0x7b, 0x22, 0x61, 0xed, 0xa0, 0x80, 0x22], 3],
    ['a second half alone', [0x7b, 0x22, 0x61, 0x62, 0x80], 4],
  ])('refuses %s with its offset', async (_, bytes, offset) => {
    for (const size of [1, 2, 3, 1000]) {
      await expect(scanAll(Buffer.from(bytes), size)).rejects.toEqual(
        integrity(new RegExp(`not UTF-8 at byte ${offset}$`)),
      );
    }
  });

  it('takes a named member that is no array as a member', async () => {
    expect(await scanAll('{"memories":{"a":[1]},"code_units":null}')).toEqual([
      { type: 'member', name: 'memories', value: { a: [1] } },
      { type: 'member', name: 'code_units', value: null },
    ]);
  });

  it('cuts an element that is too large, and goes on with the next', async () => {
    const large = `"${'x'.repeat(MAX_ELEMENT_BYTES)}"`;
    const [first, second] = elements(await scanAll(`{"memories":[${large},{"a":1}]}`, 1 << 20));
    expect(first).toMatchObject({ cut: true, position: 0 });
    expect(first?.text).toHaveLength(MAX_ELEMENT_BYTES);
    expect(second).toMatchObject({ cut: false, position: 1, text: '{"a":1}' });
  });

  it('does not keep members that are too large, alone or together', async () => {
    const half = 'x'.repeat(MAX_HEADER_BYTES / 2);
    const events = await scanAll(JSON.stringify({ huge: half + half + half, a: half, b: half, c: 1 }));
    expect(events).toEqual([
      { type: 'member', name: 'huge', value: undefined },
      { type: 'member', name: 'a', value: half },
      { type: 'member', name: 'b', value: undefined },
      { type: 'member', name: 'c', value: 1 },
    ]);
  });

  it('refuses a name that is larger than all members may be', async () => {
    const name = 'x'.repeat(MAX_HEADER_BYTES + 10);
    await expect(scanAll(JSON.stringify({ [name]: 1 }))).rejects.toEqual(integrity(/at byte 1: /));
  });

  it('counts nesting without recursion', async () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    const [element] = elements(await scanAll(`{"memories":[${deep}]}`));
    expect(element?.depth).toBe(1_000_000);
  });
});

describe('what a file says', () => {
  it('is cut where it stands in a message', async () => {
    const name = 'k'.repeat(400_000);
    await expect(scanAll(`{"${name}":1,"${name}":2}`)).rejects.toThrow(/^.{1,200}$/);
  });

  it('is not kept when it has too many values', async () => {
    const [event] = await scanAll(`{"a":[${'{},'.repeat(100_000)}1]}`);
    expect(event).toMatchObject({ type: 'member', name: 'a', value: undefined });
  });
});
