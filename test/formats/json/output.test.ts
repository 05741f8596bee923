import { describe, expect, it } from 'vitest';
import { Output } from '../../../src/formats/json/output.ts';

function gather() {
  const chunks: string[] = [];
  const output = new Output(async chunk => void chunks.push(Buffer.from(chunk).toString('utf8')));
  return { output, chunks };
}

describe('Output', () => {
  it('hands nothing on before it must, and nothing twice', async () => {
    const { output, chunks } = gather();
    await output.flush();
    await output.reserve(10, 3);
    output.text('é😀,');
    output.numbers(Float32Array.of(1, -0.5, 0));
    output.numbers(new Float32Array(0));
    expect(chunks).toEqual([]);
    await output.flush();
    await output.flush();
    expect(chunks).toEqual(['é😀,1,-0.5,0']);
  });

  it('hands on what it has when more is to come than it has room for, and makes room for that', async () => {
    const { output, chunks } = gather();
    const large = '€'.repeat(600_000);
    for (const text of ['a', large, 'b', large, 'c']) {
      await output.reserve(text.length, 0);
      output.text(text);
    }
    await output.flush();
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks[0]).toBe('a');
    expect(chunks.join('')).toBe(`a${large}b${large}c`);
  });

  it('waits for the sink', async () => {
    const order: string[] = [];
    const output = new Output(async () => {
      order.push('begun');
      await Promise.resolve();
      order.push('done');
    });
    output.text('x');
    await output.flush();
    order.push('after');
    expect(order).toEqual(['begun', 'done', 'after']);
  });

  it('fails when the sink fails', async () => {
    const output = new Output(() => Promise.reject(new Error('full')));
    output.text('x');
    await expect(output.flush()).rejects.toThrow('full');
  });
});
