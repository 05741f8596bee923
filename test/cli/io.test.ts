import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { write } from '../../src/cli/io.ts';

test('a write is over when the reader has it', async () => {
  const events: string[] = [];
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        events.push(`read ${chunk.toString()}`);
        done();
      });
    },
  });
  await write(slow, 'one');
  events.push('written');
  await write(slow, Buffer.from('two'));
  expect(events).toEqual(['read one', 'written', 'read two']);
});

test('a broken stream is an error', async () => {
  const broken = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  });
  broken.on('error', () => {});
  await expect(write(broken, 'x')).rejects.toMatchObject({ code: 'EPIPE' });
});
