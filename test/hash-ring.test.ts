import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { RingWriter, ringMemory, serve } from '../src/hash-ring.ts';
import { HashThread } from '../src/hash-thread.ts';
import { startThread } from '../src/thread.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const firstWord = (text: string): number => createHash('sha256').update(text).digest().readUInt32LE();
const bytesOf = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255));

/** Of the control words: whether the thread has begun to read. */
const READER = 2;

describe('the ring', () => {
  test('is read in the order in which it was written, and ends', () => {
    const memory = ringMemory();
    const writer = new RingWriter(memory);
    writer.update(1, bytesOf(300_000));
    writer.update(2, Buffer.from('other'));
    writer.drop(2);
    writer.update(1, Buffer.from('more'));
    writer.end();
    serve(memory);
    expect(Atomics.load(memory.control, 0)).toBe(6);
    expect(Atomics.load(memory.control, 1)).toBe(6);
  });

  test('holds what a hash came to', () => {
    const memory = ringMemory();
    const writer = new RingWriter(memory);
    writer.update(7, bytesOf(1000));
    writer.finish(7);
    writer.end();
    serve(memory);
    expect(Buffer.from(writer.result()).toString('hex')).toBe(sha256(bytesOf(1000)));
  });

  const long = bytesOf(9_000_000);

  test('that nobody begins to read is read by its writer, and by nobody else', () => {
    const memory = ringMemory();
    const writer = new RingWriter(memory, 1);
    writer.update(1, long);
    expect(writer.isAlone).toBe(true);
    writer.finish(1);
    expect(Buffer.from(writer.result()).toString('hex')).toBe(sha256(long));
    serve(memory);
    writer.drop(2);
    writer.end();
  });

  test('whose reader failed before it began is read without waiting', () => {
    const writer = new RingWriter(ringMemory(), 3_600_000);
    writer.lose();
    writer.lose();
    writer.update(1, long);
    writer.finish(1);
    expect(Buffer.from(writer.result()).toString('hex')).toBe(sha256(long));
  });

  test.each(['stops reading', 'ends of an error'])('gives no digest when its reader %s', how => {
    const memory = ringMemory();
    const writer = new RingWriter(memory, 1);
    writer.end();
    serve(memory);
    if (how === 'ends of an error') writer.lose();
    expect(() => writer.update(1, long)).toThrow('does not answer');
    expect(writer.isAlone).toBe(true);
    expect(() => writer.finish(1)).toThrow('does not answer');
    for (let i = 0; i < 20; i++) writer.drop(i);
    writer.end();
  });

  test('waits long for a reader that goes on', async () => {
    const memory = ringMemory();
    const worker = startThread(new URL('../src/hash-thread.ts', import.meta.url).href, 'hash-ring', memory);
    await once(worker, 'online');
    const writer = new RingWriter(memory, 60_000);
    for (let n = 0; n < 3; n++) writer.update(1, long);
    writer.finish(1);
    expect(Buffer.from(writer.result()).toString('hex')).toBe(sha256(Buffer.concat([long, long, long])));
    expect(writer.isAlone).toBe(false);
    writer.end();
    await once(worker, 'exit');
  });
});

describe('the thread', () => {
  test('hashes several at once, in pieces of any size, more than the ring holds', () => {
    const one = HashThread.hash();
    const two = HashThread.hash();
    if (one === null || two === null) throw new Error('no thread');
    const bytes = bytesOf(9_000_000);
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 700_001) {
      one.update(bytes.subarray(at, at + size));
      two.update(bytes.subarray(at, at + size).fill(1));
    }
    expect(Buffer.from(two.digest()).toString('hex')).toBe(sha256(Buffer.alloc(9_000_000, 1)));
    expect(Buffer.from(one.digest()).toString('hex')).toBe(sha256(bytesOf(9_000_000)));
    // Both have ended, and with them the thread: this is another one.
    const three = HashThread.hash();
    three?.update(Buffer.from('abc'));
    expect(Buffer.from(three?.digest() ?? []).toString('hex')).toBe(sha256(Buffer.from('abc')));
  });

  test('answers each of many questions, also when it is done just as somebody begins to wait', () => {
    const open = HashThread.hash();
    for (let n = 0; n < 30_000; n++) {
      const hash = HashThread.hash();
      hash?.update(Buffer.from(`${n}`));
      expect(Buffer.from(hash?.digest() ?? []).readUInt32LE()).toBe(firstWord(`${n}`));
    }
    open?.digest();
  });

  test('takes a copy', () => {
    const hash = HashThread.hash();
    const bytes = Buffer.from('as it was');
    hash?.update(bytes);
    bytes.fill(0);
    expect(Buffer.from(hash?.digest() ?? []).toString('hex')).toBe(sha256(Buffer.from('as it was')));
  });
});

describe('a thread', () => {
  test('that can’t be started is none', () => {
    const refuse = () => {
      throw new Error('no permission');
    };
    expect(HashThread.isRunning).toBe(false);
    expect(HashThread.hash(refuse)).toBe(null);
  });

  test('that fails on its way gives no digest, and the next hash has another one', () => {
    let fail = (): void => {};
    const broken = HashThread.hash((memory, onError) => {
      Atomics.store(memory.control, READER, 1);
      fail = onError;
    });
    fail();
    expect(HashThread.hash()).toBe(null);
    expect(() => broken?.digest()).toThrow('does not answer');
    expect(HashThread.isRunning).toBe(false);
    const next = HashThread.hash();
    next?.update(Buffer.from('abc'));
    expect(Buffer.from(next?.digest() ?? []).toString('hex')).toBe(sha256(Buffer.from('abc')));
  });

  test('ends when all its hashes are forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    (() => HashThread.hash()?.update(Buffer.from('never asked for')))();
    expect(HashThread.isRunning).toBe(true);
    for (let turns = 0; HashThread.isRunning && turns < 1000; turns++) {
      collect();
      await setImmediate();
    }
    expect(HashThread.isRunning).toBe(false);
  });
});
