import { expect, test } from 'vitest';
import { KindIndex } from '../../../../src/formats/archive/archive-index.ts';
import type { Container } from '../../../../src/formats/archive/container/container.ts';
import { VectorCursors } from '../../../../src/formats/archive/npz/vector-cursors.ts';

/** A container that nothing may be read from. */
const UNREAD: Container = {
  blocked: true,
  bytes: () => {
    throw new Error('it was read');
  },
};

test('where there is no group there is no vector, and nothing is read', async () => {
  const cursors = new VectorCursors(UNREAD, new KindIndex([]), undefined);
  expect(cursors.ready(0)).toBeNull();
  expect(await cursors.next(0)).toBeNull();
  await cursors.close();
});
