import { expect, test } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { describeFailure } from '../../src/embedding/failure.ts';
import { GivingUp } from '../../src/embedding/giving-up.ts';
import { MemportError } from '../../src/errors.ts';

function failingOnce() {
  let calls = 0;
  const embedder: Embedder = {
    model: 'm',
    get dimensions() {
      return calls > 1 ? 1 : null;
    },
    embed: async (texts, signal) => {
      signal?.throwIfAborted();
      calls += 1;
      if (calls === 1) throw new Error('down');
      return texts.map(() => Float32Array.of(1));
    },
  };
  return embedder;
}

test('an embedder that has failed is not asked again', async () => {
  const embedder = new GivingUp(failingOnce());
  expect([embedder.model, embedder.dimensions, embedder.failure]).toEqual(['m', null, null]);
  await expect(embedder.embed(['a'])).rejects.toThrow('down');
  await expect(embedder.embed(['a'])).rejects.toThrow('down');
  expect(embedder.failure).toEqual(new Error('down'));
});

test('preparing keeps a failure and throws an interruption, which is none', async () => {
  const interrupted = new GivingUp(failingOnce());
  await expect(interrupted.prepare(AbortSignal.abort())).rejects.toThrow(/abort/i);
  expect(interrupted.failure).toBeNull();
  await interrupted.prepare();
  expect(interrupted.failure).toEqual(new Error('down'));
  const mute = new GivingUp({ model: 'm', dimensions: null, embed: async () => [] });
  await mute.prepare();
  expect(await mute.embed(['a'])).toEqual([]);
});

test('a failure is told with the way out', () => {
  expect(describeFailure('m', new MemportError('network', 'it is down', { hint: 'start it' }))).toMatch(
    /^m made no vectors: it is down \(start it\); .*memport embed$/,
  );
  expect(describeFailure('m', new Error('odd'))).toContain('m made no vectors: odd;');
});
