import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DRAFT_ARGUMENTS, draftOf } from '../../../src/mcp/schemas/draft.ts';

const ARGUMENTS = z.strictObject(DRAFT_ARGUMENTS);
const metadataOf = (json: string): string | undefined =>
  draftOf(ARGUMENTS.parse(JSON.parse(`{"metadata":${json}}`))).metadata;

describe('metadata', () => {
  test.each(['{"__proto__":{"a":1},"constructor":1,"toString":null}', '{"a":{"__proto__":2},"":[]}', '{}'])(
    'keeps every member: %s',
    json => {
      expect(metadataOf(json)).toBe(json);
    },
  );

  test.each([
    ['a number that is too large', '{"n":1e999}', 'too large'],
    ['an integer that has lost digits', '{"n":9007199254740993}', 'last digits'],
    ['no end of nesting', `{"n":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'nested too deep'],
  ])('is refused with %s', (_, json, why) => {
    expect(() => metadataOf(json)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(why) }),
    );
  });

  test.each(['null', '[]', '"x"', '1'])('is an object: not %s', json => {
    expect(() => metadataOf(json)).toThrow('expected an object');
  });
});
