import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Session } from '../../../src/cli/session.ts';
import { memoryDetails, memoryTable } from '../../../src/cli/ui/memory.ts';
import { Capture } from '../../support/cli.ts';
import { aMemory, at, idOf } from '../../support/records.ts';

function session(tty: boolean, columns = 80): Session {
  const io = {
    stdin: Readable.from([]),
    stdout: new Capture(tty, columns),
    stderr: new Capture(tty, columns),
    env: { MEMPORT_HOME: '/nowhere' },
    cwd: '/',
    now: () => 0,
    signal: new AbortController().signal,
  };
  return new Session(io, {});
}

test('a memory in full: every field that it has, a blank line, its text as it is', () => {
  const memory = aMemory({
    content: 'first\n\tsecond \u001b[2J',
    projectName: 'shop',
    scope: 'project',
    tags: ['a', 'b\u0007'],
    embeddingModel: 'm-1',
  });
  expect(memoryDetails(memory, session(false)).split('\n')).toEqual([
    `id:         ${idOf(1)}`,
    'category:   fact',
    'scope:      project',
    'project:    shop',
    'level:      PROJECT_CONTEXT',
    'importance: 0.5',
    'tags:       a, b␇',
    'state:      ACTIVE',
    'source:     user_explicit',
    'created:    2026-01-01T00:00:00Z',
    'updated:    2026-01-02T00:00:00Z',
    'accessed:   2026-01-03T00:00:00Z',
    'vector:     m-1',
    '',
    'first',
    '\tsecond ␛[2J',
  ]);
});

test('what a memory has not is not shown', () => {
  const text = memoryDetails(aMemory(), session(false));
  for (const name of ['project:', 'tags:', 'vector:']) expect(text).not.toContain(name);
});

test('names of fields are dim on a terminal', () => {
  expect(memoryDetails(aMemory(), session(true))).toContain('\u001b[2mcategory:   \u001b[22mfact');
});

test('a table shows ids short or in full, the day of the last change, and - for no project', () => {
  const memories = [
    aMemory({ content: 'One\nline.' }),
    aMemory({ id: idOf(2), projectName: 'shop', updatedAt: at('2025-12-31T23:59:59Z'), content: 'Two.' }),
  ];
  expect(memoryTable(memories, session(false), false)).toEqual([
    'ID             UPDATED     CATEGORY  PROJECT  CONTENT',
    '00000000-0000  2026-01-02  fact      -        One line.',
    '00000000-0000  2025-12-31  fact      shop     Two.',
  ]);
  expect(memoryTable(memories, session(false), true)[2]).toMatch(new RegExp(`^${idOf(2)}  2025`));
});

test('a table is as wide as the terminal, elsewhere 200 columns', () => {
  const memory = aMemory({ content: 'word '.repeat(100) });
  const width = (on: Session): number => memoryTable([memory], on, false)[1]?.length ?? 0;
  expect(width(session(true, 70))).toBe(70);
  expect(width(session(false, 70))).toBe(200);
});
