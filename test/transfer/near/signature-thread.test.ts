import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { mostDistance } from '../../../src/model/signature.ts';
import { serve } from '../../../src/transfer/near/signature-server.ts';
import { SignatureSpace, type VectorBatch } from '../../../src/transfer/near/signature-space.ts';
import { SignatureThread } from '../../../src/transfer/near/signature-thread.ts';
import { idOf } from '../../support/records.ts';
import { atCosine, randomUnit, seeded } from './vectors.ts';

const DIMENSIONS = 32;
const LIMIT = mostDistance(0.95);

/** Ten batches of which every third vector is near to one of the batch before. */
function batches(): readonly VectorBatch[] {
  const random = seeded(3);
  let before: readonly Float32Array[] = [];
  return Array.from({ length: 10 }, (_, batch) => {
    const vectors = Array.from({ length: 30 }, (_, n) => {
      const one = n % 3 === 0 ? before[n] : undefined;
      return one === undefined ? randomUnit(DIMENSIONS, random) : atCosine(one, 0.99, random);
    });
    before = vectors;
    const joined = new Float32Array(vectors.length * DIMENSIONS);
    for (const [n, vector] of vectors.entries()) joined.set(vector, n * DIMENSIONS);
    return {
      ids: vectors.map((_, n) => idOf(batch * 100 + n)),
      vectors: joined,
      wanted: new Set([...vectors.keys()].filter(n => n % 2 === 0)),
    };
  });
}

describe('signatures on another thread', () => {
  test('find what they find here, in each space its own', async () => {
    const here = new SignatureSpace(DIMENSIONS);
    const expected = batches().map(batch => here.take(batch, LIMIT));
    expect(expected.flat().length).toBeGreaterThan(20);
    using thread = await SignatureThread.start();
    const ask = (space: number) =>
      Promise.all(
        batches().map(batch => thread?.take({ space, dimensions: DIMENSIONS, batch, limit: LIMIT })),
      );
    expect(await Promise.all([ask(0), ask(1)])).toEqual([expected, expected]);
  });

  test('tell what went wrong, and go on', async () => {
    using thread = await SignatureThread.start();
    const [first] = batches();
    if (thread === null || first === undefined) throw new Error('no thread');
    const wrong = { ...first, ids: null as never };
    const request = { space: 0, dimensions: DIMENSIONS, limit: LIMIT };
    await expect(thread.take({ ...request, batch: wrong })).rejects.toThrow();
    const [again] = batches();
    if (again !== undefined) expect(await thread.take({ ...request, batch: again })).toEqual([]);
  });

  test('that have ended leave nobody waiting', async () => {
    const thread = await SignatureThread.start(port => port.postMessage('ready'));
    const [batch] = batches();
    if (thread === null || batch === undefined) throw new Error('no thread');
    const asked = thread.take({ space: 0, dimensions: DIMENSIONS, batch, limit: LIMIT });
    thread[Symbol.dispose]();
    await expect(asked).rejects.toThrow('has ended');
  });

  const refuse = () => {
    throw new Error('no permission');
  };
  test.each([
    ['can be had', refuse, 60_000],
    ['comes to life', (port: MessagePort) => port.close(), 60_000],
    ['ever begins', () => {}, 1],
  ])('are none where no thread %s', async (_, begin, patienceMs) => {
    expect(await SignatureThread.start(begin, patienceMs)).toBe(null);
  });
});

test('the other end answers in the order of the questions', async () => {
  const { port1, port2 } = new MessageChannel();
  serve(port2);
  expect(await once(port1, 'message')).toEqual(['ready']);
  const space = new SignatureSpace(DIMENSIONS);
  for (const batch of batches().slice(0, 3)) {
    port1.postMessage({ space: 0, dimensions: DIMENSIONS, batch, limit: LIMIT });
    const [answer] = await once(port1, 'message');
    expect(answer).toEqual({ found: space.take(batch, LIMIT) });
  }
  port1.postMessage({
    space: 0,
    dimensions: DIMENSIONS,
    batch: { ids: null, vectors: [], wanted: new Set() },
  });
  const [answer] = await once(port1, 'message');
  expect(answer).toEqual({ error: expect.any(String) });
  port1.close();
});
