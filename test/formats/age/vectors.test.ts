import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import * as vectors from 'cctv-age';
import { describe, expect, it } from 'vitest';
import { toMemportError } from '../../../src/errors.ts';
import type { ReadableFile } from '../../../src/file-access.ts';
import { openEncrypted } from '../../../src/formats/age/open.ts';
import { isEncrypted } from '../../../src/formats/age/sniff.ts';

interface Vector {
  readonly expect: string;
  readonly payload: string | undefined;
  readonly identities: readonly string[];
  readonly passphrase: string | null;
  readonly file: Buffer;
}

const FILES = new Map(
  Object.entries<unknown>(vectors).flatMap(([name, bytes]) =>
    bytes instanceof Uint8Array ? [[name, Buffer.from(bytes)] as const] : [],
  ),
);

function parseVector(bytes: Buffer): Vector {
  const end = bytes.indexOf('\n\n');
  const fields = bytes
    .toString('utf8', 0, end)
    .split('\n')
    .map(line => {
      const [name = '', ...rest] = line.split(': ');
      return [name, rest.join(': ')] as const;
    });
  const all = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  const body = bytes.subarray(end + 2);
  return {
    expect: all('expect')[0] ?? '',
    payload: all('payload')[0],
    identities: all('identity'),
    passphrase: all('passphrase')[0] ?? null,
    file: all('compressed')[0] === 'zlib' ? inflateSync(body) : body,
  };
}

/** A file that never gives more than so many bytes at once. */
function fileOf(bytes: Buffer, most: number): ReadableFile {
  return {
    async read(buffer, offset, length, position) {
      const end = Math.min(position + Math.min(length, most), bytes.length);
      return { bytesRead: position < end ? bytes.copy(buffer, offset, position, end) : 0, buffer };
    },
    stat: async () => ({ size: bytes.length }),
    close: async () => {},
  };
}

/** What comes out, in pieces of so many bytes, and the code of the error that ended it. */
async function decrypt(
  vector: Vector,
  piece: number,
): Promise<{ readonly sha256: string; readonly code: string | null }> {
  const hash = createHash('sha256');
  const handle = fileOf(vector.file, piece);
  try {
    await using opened = await openEncrypted(
      { handle, size: vector.file.length, [Symbol.asyncDispose]: async () => {} },
      vector.file.subarray(0, 4096),
      { keys: { identities: async () => vector.identities, passphrase: async () => vector.passphrase } },
    );
    // Byte by byte into a megabyte takes its time; the first and the last bytes are where lengths go wrong.
    const step = piece === 1 ? 4093 : piece;
    const buffer = Buffer.alloc(step);
    for (let at = 0; ; ) {
      const { bytesRead } = await opened.handle.read(buffer, 0, step, at);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    return { sha256: hash.digest('hex'), code: null };
  } catch (error) {
    return { sha256: hash.digest('hex'), code: toMemportError(error).code };
  }
}

const CODES: Readonly<Record<string, readonly (string | null)[]>> = {
  success: [null],
  'no match': ['no_key'],
  'HMAC failure': ['integrity'],
  'header failure': ['integrity'],
  'payload failure': ['integrity'],
  'armor failure': ['integrity'],
};
const PIECES = [1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, Number.MAX_SAFE_INTEGER] as const;

describe('the public test vectors of age', () => {
  it('are all there', () => {
    expect(FILES.size).toBeGreaterThan(100);
  });

  it.each([...FILES])('%s', async (_, bytes) => {
    const vector = parseVector(bytes);
    for (const piece of new Set(PIECES.map(size => Math.min(size, vector.file.length)))) {
      const { sha256, code } = await decrypt(vector, piece);
      expect(CODES[vector.expect], `${vector.expect} in pieces of ${piece}`).toContain(code);
      if (code === null) expect(sha256).toBe(vector.payload);
      // A file that is refused was recognised, or has not even the first line of the format.
      if (code === null) expect(isEncrypted(vector.file.subarray(0, 4096))).toBe(true);
    }
  });
});
