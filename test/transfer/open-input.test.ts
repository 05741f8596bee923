import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openInput } from '../../src/transfer/open-input.ts';
import { ok, scratch } from '../support/cli.ts';
import { feat038Json, fillHome, originalMemory } from '../support/stores.ts';

let temporary: string;

/** A temporary folder of the test's own, so that what is left in it is what the test left. */
beforeEach(() => {
  temporary = scratch();
  vi.stubEnv('TMPDIR', temporary);
  expect(tmpdir()).toBe(temporary);
  return () => void vi.unstubAllEnvs();
});

/** What lies there but for folders of the test itself. */
const left = (): readonly string[] =>
  readdirSync(temporary).filter(name => !name.startsWith('memport-test-'));

const original = (): Buffer =>
  readFileSync(feat038Json(scratch(), [originalMemory(1, { content: 'Zürich €' }), originalMemory(2)]));

/** A stream that gives the bytes in pieces of a size that divides nothing. */
function inPieces(bytes: Buffer, size = 1000): Readable {
  const count = Math.ceil(bytes.length / size);
  return Readable.from(Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size)));
}

async function contents(input: string | Readable, from?: string): Promise<readonly unknown[]> {
  await using opened = await openInput(input, from);
  await opened.source.verify();
  const found: unknown[] = [];
  for await (const items of opened.source.read())
    for (const item of items) if (item.type === 'record') found.push(item.value.content);
  return found;
}

describe('a stream', () => {
  test('is read as the file with its bytes would be', async () => {
    expect(await contents(inPieces(original(), 7))).toEqual(['Zürich €', 'Memory 2.']);
    expect(await contents(Readable.from([original().toString('utf8')]))).toEqual(['Zürich €', 'Memory 2.']);
  });

  test('of an archive is kept byte for byte', async () => {
    const home = scratch();
    await fillHome(home);
    await ok(['export', 'a.tar.gz'], { home });
    const file = join(home, 'a.tar.gz');
    expect(await contents(inPieces(readFileSync(file)))).toEqual(await contents(file));
  });

  test('is kept in a file without a name: killed in the middle, nothing is left', async () => {
    await using opened = await openInput(inPieces(original()));
    expect(left()).toEqual([]);
    expect(await opened.source.verify()).toMatchObject({ memories: 2 });
  });

  test.each([
    ['is empty', Buffer.alloc(0)],
    ['is no export', Buffer.from('an image')],
    ['is cut off', Buffer.from([0x1f, 0x8b, 0x08])],
  ])('that %s leaves nothing', async (_, bytes) => {
    await expect(openInput(inPieces(bytes))).rejects.toMatchObject({
      code: expect.stringMatching(/unknown_format|integrity/),
    });
    expect(left()).toEqual([]);
  });

  test('that turns out to be damaged leaves nothing', async () => {
    const cut = original().subarray(0, -20);
    await expect(contents(inPieces(cut))).rejects.toMatchObject({ code: 'integrity' });
    expect(left()).toEqual([]);
  });

  test('that breaks, or is broken off, leaves nothing', async () => {
    const breaking = new Readable({
      read() {
        this.push('{');
        this.destroy(new Error('the pipe broke'));
      },
    });
    await expect(openInput(breaking)).rejects.toThrow('the pipe broke');
    expect(left()).toEqual([]);
  });

  test('leaves nothing when the reader of it can not be closed', async () => {
    const opened = await openInput(inPieces(original()));
    vi.spyOn(opened.source, Symbol.asyncDispose).mockRejectedValueOnce(new Error('close failed'));
    await expect(opened[Symbol.asyncDispose]()).rejects.toThrow('close failed');
    expect(left()).toEqual([]);
  });
});

describe('a file', () => {
  test('is read in place and stays', async () => {
    const path = join(scratch(), 'x');
    writeFileSync(path, original());
    expect(await contents(path)).toEqual(['Zürich €', 'Memory 2.']);
    expect(readFileSync(path).equals(original())).toBe(true);
    expect(left()).toEqual([]);
  });

  test('that is not there is not found', async () => {
    await expect(openInput(join(scratch(), 'x'))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('--from', () => {
  test('names the format', async () => {
    await using opened = await openInput(inPieces(original()), 'feat038-json');
    expect(opened.source.format).toBe('feat038-json');
  });

  test('that is not what the file is fails, and leaves nothing', async () => {
    await expect(contents(inPieces(original()), 'memport-archive')).rejects.toMatchObject({
      code: 'integrity',
    });
    expect(left()).toEqual([]);
  });

  test.each(['', 'csv', 'JSON', '__proto__'])('%j is no format; the stream is not touched', async from => {
    const stream = inPieces(original());
    await expect(openInput(stream, from)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('feat038-archive'),
    });
    expect(stream.readableDidRead).toBe(false);
    expect(left()).toEqual([]);
  });
});
