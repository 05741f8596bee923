import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { readYaml, YamlError } from '../../../src/formats/markdown/read-yaml.ts';
import { readYamlLines } from '../../../src/formats/markdown/yaml-lines.ts';
import { yamlBlock } from '../../../src/formats/markdown/yaml-text.ts';
import { canonicalJson } from '../../../src/model/canonical.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { json, key } from './generated.ts';

const back = (fields: JsonObject): string => canonicalJson(readYaml(yamlBlock(Object.entries(fields))));
const fields = fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true });

describe('[P2-05] metadata as YAML', () => {
  test('give back every value, digit for digit', () => {
    fc.assert(
      fc.property(fields, value => {
        expect(back(value)).toBe(canonicalJson(value));
      }),
      { numRuns: 500 },
    );
  });

  test('are YAML that any reader takes, and both of ours read the same', () => {
    fc.assert(
      fc.property(fields, value => {
        const text = yamlBlock(Object.entries(value));
        expect(parseDocument(text, { schema: 'failsafe' }).errors).toEqual([]);
        const fast = readYamlLines(text);
        // A comment makes the fast reader give up; the other one passes over it.
        const slow = readYaml(text.startsWith('{') ? `${text} # x` : `${text}\n# x`);
        if (fast !== null) expect(canonicalJson(fast)).toBe(canonicalJson(slow));
        expect(canonicalJson(slow)).toBe(canonicalJson(value));
      }),
      { numRuns: 500 },
    );
  });

  test('read well', () => {
    expect(
      yamlBlock([
        ['id', '00000000-0000-7000-8000-000000000001'],
        ['tags', ['money', 'a b', '-x', 'true']],
        ['created_at', '2026-01-01T00:00:00.000001Z'],
        ['metadata', { name: 'x', deep: { list: [1, { a: null }], none: {} } }],
        ['note', 'two\nlines'],
      ]),
    ).toBe(
      [
        'id: 00000000-0000-7000-8000-000000000001',
        'tags: [money, a b, "-x", "true"]',
        'created_at: 2026-01-01T00:00:00.000001Z',
        'metadata:',
        '  deep:',
        '    list: [1,{"a":null}]',
        '    none: {}',
        '  name: x',
        'note: "two\\nlines"',
      ].join('\n'),
    );
  });

  test.each<[string, unknown]>([
    ['tags:\n  - Money\n  - 2026\n  - "x"', { tags: ['Money', '2026', 'x'] }],
    ['a: ~\nb:\nc: "null"', { a: null, b: null, c: 'null' }],
    ['a: yes\nb: 0x1F\nc: 2026-01-01\nd: .5', { a: 'yes', b: '0x1F', c: '2026-01-01', d: '.5' }],
    ['a: |\n  one\n  two\n', { a: 'one\ntwo\n' }],
    ["a: 'it''s'", { a: "it's" }],
    ['{"a": [1, true, null]}', { a: [1, true, null] }],
    ['a: true # why', { a: true }],
    ['', {}],
    ['__proto__: 1', JSON.parse('{"__proto__":1}')],
  ])('that people write: %j', (text, value) => {
    expect(JSON.parse(canonicalJson(readYaml(text)))).toEqual(value);
  });

  test.each<[string, string, string, number]>([
    ['an open list', 'a: 1\nb: [', 'Flow sequence', 1],
    ['an alias', 'a: &x 1\nb: *x', 'anchors', 0],
    ['a tag', 'a: 1\nb: !!str 1', 'anchors', 1],
    ['a name twice', 'a: 1\n\na: 2', 'unique', 2],
    ['a list', '- a', 'no list of names', 0],
    ['a text', 'just text', 'no list of names', 0],
    ['a list as a name', '? [a]\n: b', 'a name is no text', 0],
    ['deep nesting', `a: ${'['.repeat(100)}${']'.repeat(100)}`, 'nested deeper than 64', 0],
    ['nesting without end', `a: ${'['.repeat(100_000)}`, 'nested too deep', 0],
    ['too much', `a: 'x${' y'.repeat(200_000)}'`, 'longer than 256 KiB', 0],
  ])('that can not be taken: %s', (_, text, message, line) => {
    const error = (() => {
      try {
        return readYaml(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(YamlError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), line });
  });

  test('of a bomb are refused at once', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}x]`);
    expect(() => readYaml(['a: &a-1 [x]', ...lines].join('\n'))).toThrow(YamlError);
  });
});
