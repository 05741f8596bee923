import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { makeCursor, readCursor } from '../../src/mcp/cursor.ts';

const PLACE = z.tuple([z.string(), z.int()]);

describe('a cursor', () => {
  test('gives back the place for the same query', () => {
    const query = ['list', { project: ['a', 'b'] }];
    const cursor = makeCursor(query, ['x', 3]);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(readCursor(cursor, ['list', { project: ['a', 'b'] }], PLACE)).toEqual(['x', 3]);
  });

  test.each([
    ['of another query', makeCursor(['list', {}], ['x', 3])],
    ['with another kind of place', makeCursor(['search'], 7)],
    ['that is no JSON', Buffer.from('{').toString('base64url')],
    ['that is no list', Buffer.from('{}').toString('base64url')],
    ['that is nothing', ''],
  ])('%s is refused', (_what, cursor) => {
    expect(() => readCursor(cursor, ['search'], PLACE)).toThrow(/does not belong/);
  });
});
