import { describe, expect, test } from 'vitest';
import { edited, MAX_NEW_CONTENT, newMemory } from '../../src/memories/draft.ts';
import { NumberToken } from '../../src/model/json.ts';
import { aMemory, at, idOf } from '../support/records.ts';

const NOW = at('2026-05-01T00:00:00Z');
const make = (draft: Parameters<typeof newMemory>[0]) =>
  newMemory({ content: 'x', ...draft }, idOf(1), NOW, null);

describe('a new memory', () => {
  test('has the defaults of the record', () => {
    expect(make({})).toMatchObject({
      category: 'fact',
      scope: 'global',
      contextLevel: 'PROJECT_CONTEXT',
      importance: 0.5,
      tags: [],
      createdAt: NOW,
      updatedAt: NOW,
      provenance: { source: 'user_explicit' },
    });
  });

  test('of a project has scope project, a preference has its level', () => {
    expect(make({ project: 'alpha', category: 'preference' })).toMatchObject({
      scope: 'project',
      contextLevel: 'USER_PREFERENCE',
    });
    expect(make({ project: 'alpha', scope: 'global' })).toMatchObject({
      scope: 'global',
      projectName: 'alpha',
    });
  });

  test('trims and lower-cases tags, and keeps content byte for byte', () => {
    expect(make({ tags: [' Go ', 'go', '', 'Å'] }).tags).toEqual(['go', 'å']);
    expect(make({ content: '  \tx \n' }).content).toBe('  \tx \n');
  });

  test('keeps every digit of metadata', () => {
    expect(make({ metadata: '{"big": 9007199254740993}' }).metadata).toEqual({
      big: new NumberToken('9007199254740993'),
    });
  });

  test('takes 50,000 characters, counted as people count them, and not one more', () => {
    expect(make({ content: '😀'.repeat(MAX_NEW_CONTENT) }).content).toHaveLength(2 * MAX_NEW_CONTENT);
    expect(() => make({ content: 'x'.repeat(MAX_NEW_CONTENT + 1) })).toThrowError(/longer than 50000/);
  });

  test.each([
    [{ content: '' }, /empty/],
    [{ category: 'idea' }, /no category "idea"/],
    [{ scope: 'world' }, /no scope "world"/],
    [{ scope: 'project' }, /needs a project/],
    [{ project: 'p'.repeat(201) }, /longer than 200/],
    [{ importance: '1.1' }, /importance can't be/],
    [{ importance: '' }, /importance can't be/],
    [{ importance: 'NaN' }, /importance can't be/],
    [{ metadata: '{' }, /not JSON/],
    [{ metadata: '[1]' }, /not a JSON object/],
  ])('%j is refused', (draft, message) => {
    expect(() => make(draft)).toThrowError(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });
});

describe('an edit', () => {
  test('changes what it names and moves updated_at', () => {
    const memory = aMemory({ tags: ['old'], metadata: { a: 1 }, projectName: 'alpha', scope: 'project' });
    const changed = edited(memory, { content: 'new', tags: ['b'] }, NOW);
    expect(changed).toEqual({ ...memory, content: 'new', tags: ['b'], updatedAt: NOW });
    expect(
      edited(
        memory,
        { project: '', scope: 'global', category: 'event', importance: '0', metadata: '{}' },
        NOW,
      ),
    ).toMatchObject({
      projectName: null,
      scope: 'global',
      category: 'event',
      importance: 0,
      metadata: {},
    });
  });

  test('moves updated_at forward even when the clock is behind', () => {
    const memory = aMemory({ updatedAt: NOW + 5n });
    expect(edited(memory, { content: 'new' }, NOW).updatedAt).toBe(NOW + 6n);
  });
});
