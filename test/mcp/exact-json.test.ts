import { expect, test } from 'vitest';
import { exactJson } from '../../src/mcp/exact-json.ts';
import { parseExactJson } from '../../src/model/json-parse.ts';

test('writes every number digit for digit, however deep it lies', () => {
  const text = '{"a":[9007199254740993,{"b":1.0,"c":1e400}],"d":null,"e":true,"f":"x","g":1.5}';
  expect(JSON.stringify(exactJson(parseExactJson(text)))).toBe(text);
});
