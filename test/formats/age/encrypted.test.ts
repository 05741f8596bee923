import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { beforeAll, describe, expect, it } from 'vitest';
import { toMemportError } from '../../../src/errors.ts';
import { encryptTo } from '../../../src/formats/age/encrypt.ts';
import { checkRecipient, generateIdentity, recipientOf } from '../../../src/formats/age/identity.ts';
import type { Keys, Lock } from '../../../src/formats/age/keys.ts';
import { openSource } from '../../../src/formats/detect.ts';
import { RecoverySource } from '../../../src/formats/recover.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { archiveOf, smallSample, temporaryFolder } from '../archive/samples.ts';
import { flipped, numbers } from '../recovery.ts';

const keys = (...identities: string[]): Keys => ({
  identities: async () => identities,
  passphrase: async () => null,
});

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function encrypt(plain: Buffer, lock: Lock): Promise<{ readonly bytes: Buffer; readonly keys: Keys }> {
  const chunks: Uint8Array[] = [];
  const file = { appendFile: async (chunk: Uint8Array) => void chunks.push(chunk) };
  const encrypted = await encryptTo(file, inOne(plain), lock, { size: plain.length });
  const bytes = Buffer.concat(chunks);
  expect(encrypted.bytes).toBe(bytes.length);
  return { bytes, keys: encrypted.keys };
}

let archive: Buffer;
let path: string;
let mine: Awaited<ReturnType<typeof generateIdentity>>;
let sealed: Buffer;

beforeAll(async () => {
  archive = await archiveOf(smallSample());
  path = join(await temporaryFolder(), 'x.age');
  mine = await generateIdentity('x25519');
  sealed = (await encrypt(archive, { recipients: [mine.recipient] })).bytes;
});

/** What verifying these bytes ends with. */
async function outcome(bytes: Buffer, opener: Keys = keys(mine.identity)): Promise<string> {
  await writeFile(path, bytes);
  try {
    await using source = await openSource(path, { keys: opener });
    const { memories } = await source.verify();
    return `${memories} memories`;
  } catch (error) {
    return toMemportError(error).code;
  }
}

describe('a file encrypted to recipients', () => {
  it('opens with the identity of each of them, and with no other', async () => {
    const others = [await generateIdentity('x25519'), await generateIdentity('post-quantum')];
    const recipients = [mine, ...others].map(({ recipient }) => recipient);
    const { bytes } = await encrypt(archive, { recipients });
    for (const { identity } of [mine, ...others])
      expect(await outcome(bytes, keys(identity))).toBe('12 memories');
    const stranger = await generateIdentity('x25519');
    expect(await outcome(bytes, keys(stranger.identity))).toBe('no_key');
    expect(await outcome(bytes, keys())).toBe('no_key');
    expect(await outcome(bytes, keys(stranger.identity, mine.identity))).toBe('12 memories');
  });

  it('is proven by whoever made it without any identity, and holds no recipient more for that', async () => {
    const one = await encrypt(archive, { recipients: [mine.recipient] });
    expect(await outcome(one.bytes, one.keys)).toBe('12 memories');
    expect(one.bytes.toString('latin1').match(/\n-> /g)).toHaveLength(1);
    // Those keys are of this one file.
    expect(await outcome(sealed, one.keys)).toBe('integrity');
  });

  it('takes no recipients, or none at all, for a mistake', async () => {
    await expect(encrypt(archive, { recipients: [] })).rejects.toThrow(RangeError);
    expect(() => checkRecipient(mine.recipient)).not.toThrow();
    expect(() => checkRecipient('age1wrong')).toThrow(/"age1wrong" is no recipient/);
    expect(() => checkRecipient(mine.identity)).toThrow(/not the secret/);
    expect(() => checkRecipient(mine.identity)).not.toThrow(mine.identity.slice(16));
    expect(await recipientOf(mine.identity)).toBe(mine.recipient);
    expect(await recipientOf('AGE-SECRET-KEY-1WRONG')).toBeNull();
  });

  it('names an identity of another kind without showing it', async () => {
    await writeFile(path, sealed);
    const opening = openSource(path, { keys: keys('AGE-PLUGIN-YUBIKEY-1SECRET') });
    await expect(opening).rejects.toMatchObject({ code: 'no_key' });
    await expect(opening).rejects.not.toThrow(/SECRET/);
  });
});

describe('damage', () => {
  it('is found wherever one bit is flipped', async () => {
    for (const bit of numbers(7, sealed.length * 8, 300)) {
      const found = await outcome(flipped(sealed, bit));
      // In the part of the header that the key opens, a flipped bit can't be told from another key.
      expect(['integrity', 'no_key', 'unknown_format'], `bit ${bit}`).toContain(found);
      if (bit > 8 * 200) expect(found).toBe('integrity');
    }
  });

  it('is found wherever the file is cut off, and when something is appended', async () => {
    for (const size of numbers(9, sealed.length - 25, 120))
      expect(await outcome(sealed.subarray(0, size + 25)), `${size + 25} bytes`).toBe('integrity');
    expect(await outcome(Buffer.concat([sealed, Buffer.from('x')]))).toBe('integrity');
    expect(await outcome(Buffer.concat([sealed, sealed]))).toBe('integrity');
  });

  it('is found when chunks change places', async () => {
    const { bytes } = await encrypt(Buffer.alloc(300_000, 7), { recipients: [mine.recipient] });
    const start = bytes.indexOf('\n', bytes.indexOf('\n--- ') + 1) + 1 + 16;
    const at = (n: number) => bytes.subarray(start + n * 65_552, start + (n + 1) * 65_552);
    const swapped = Buffer.concat([
      bytes.subarray(0, start),
      at(1),
      at(0),
      bytes.subarray(start + 2 * 65_552),
    ]);
    expect(await outcome(swapped)).toBe('integrity');
    // Cut at the end of a chunk, what is left is authentic; that it is not all is not.
    expect(await outcome(bytes.subarray(0, start + 2 * 65_552))).toBe('integrity');
    expect(await outcome(bytes.subarray(0, start))).toBe('integrity');
  });
});

describe('a hostile header', () => {
  it.each([
    [
      'one without an end',
      Buffer.concat([Buffer.from('age-encryption.org/v1\n'), Buffer.alloc(400_000, 'a')]),
    ],
    [
      'a passphrase beside others',
      Buffer.from(
        'age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\nAAAA\n-> X25519 AAAA\nAAAA\n--- AAAA\n',
      ),
    ],
    [
      'a passphrase that takes a year',
      Buffer.from('age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAA\n--- AAAA\n'),
    ],
  ])('%s is refused at once', async (_, bytes) => {
    const asked: Keys = {
      identities: async () => [],
      passphrase: async () => {
        throw new RangeError('asked');
      },
    };
    expect(await outcome(bytes, asked)).toBe('integrity');
  });
});

describe('an armored file', () => {
  it('of many lines is read like any other, and refused where it is not exactly armor', async () => {
    const entries = [...numbers(11, 2 ** 32, 60_000)]
      .map(n => n.toString(36))
      .join(' ')
      .match(/.{1,100000}/g);
    const records = (entries ?? []).map((content, n) =>
      memoryEntry(aMemory({ id: idOf(n + 1), content }), null),
    );
    const { bytes } = await encrypt(await archiveOf({ entries: records }), { recipients: [mine.recipient] });
    const lines = armor.encode(bytes).split('\n');
    expect(lines.length).toBeGreaterThan(5000);
    const found = (changed: readonly string[], end = '\n') => outcome(Buffer.from(changed.join(end)));
    const whole = `${records.length} memories`;
    expect(await found(lines)).toBe(whole);
    expect(await found(lines, '\r\n')).toBe(whole);
    expect(await found(['', '  ', ...lines, '', '\t'])).toBe(whole);
    const shorter = lines.with(100, `${lines[100]?.slice(0, 60)}`);
    const padded = lines.with(4096, `${lines[4096]?.slice(0, 62)}==`);
    for (const wrong of [
      shorter,
      padded,
      lines.with(3, '?'.repeat(64)),
      lines.with(3, 'a'.repeat(5000)),
      lines.with(4, ''),
      [...lines, 'more'],
      lines.slice(0, -2),
      lines.with(0, `${lines[0]} more`),
    ])
      expect(await found(wrong)).toBe('integrity');
  });
});

describe('recovery', () => {
  const recover = async (bytes: Buffer) => {
    await writeFile(path, bytes);
    await using source = new RecoverySource(path, undefined, keys(mine.identity));
    const { memories } = await source.verify();
    return { memories, lost: source.lost };
  };

  it('takes what is authentic of a damaged file, block by block', async () => {
    const hex = [...numbers(3, 2 ** 32, 300_000)].map(n => n.toString(16));
    const entries = Array.from({ length: 1200 }, (_, n) =>
      memoryEntry(aMemory({ id: idOf(n + 1), content: hex.slice(n * 250, (n + 1) * 250).join('') }), null),
    );
    const { bytes } = await encrypt(await archiveOf({ entries }), { recipients: [mine.recipient] });
    expect(await recover(bytes)).toEqual({ memories: 1200, lost: null });
    const isPart = (found: { readonly memories: number }): void => {
      expect(found.memories).toBeGreaterThan(300);
      expect(found.memories).toBeLessThan(1200);
    };
    isPart(await recover(flipped(bytes, bytes.length * 4)));
    isPart(await recover(bytes.subarray(0, Math.floor(bytes.length * 0.7))));
    // Also right behind a chunk, which is the last one then and not marked as such.
    isPart(await recover(bytes.subarray(0, bytes.length - (bytes.length % 65_552) - 200_000)));
  });

  it('takes what is authentic behind a damaged beginning, also of JSON', async () => {
    const hex = [...numbers(4, 2 ** 32, 200_000)].map(n => n.toString(16));
    const entries = Array.from({ length: 1000 }, (_, n) =>
      memoryEntry(aMemory({ id: idOf(n + 1), content: hex.slice(n * 200, (n + 1) * 200).join('') }), null),
    );
    const lines = entries.map(({ line }) => line);
    const json = `{\n"version": "1.0.0",\n"memories": [\n${lines.join(',\n')}\n]\n}\n`;
    for (const plain of [await archiveOf({ entries }), Buffer.from(json)]) {
      const { bytes } = await encrypt(plain, { recipients: [mine.recipient] });
      const { memories } = await recover(flipped(bytes, 8 * 400));
      expect(memories).toBeGreaterThan(100);
      expect(memories).toBeLessThan(1000);
    }
  });

  it('asks for the key all the same', async () => {
    await writeFile(path, sealed.subarray(0, -20));
    await using source = new RecoverySource(path, undefined, keys());
    await expect(source.verify()).rejects.toMatchObject({ code: 'no_key' });
  });
});

it('opens with its passphrase and no other', async () => {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(10);
  encrypter.setPassphrase('correct horse');
  const bytes = Buffer.from(await encrypter.encrypt(archive));
  const opener = (passphrase: string | null): Keys => ({
    identities: async () => [mine.identity],
    passphrase: async () => passphrase,
  });
  expect(await outcome(bytes, opener('correct horse'))).toBe('12 memories');
  expect(await outcome(bytes, opener('wrong horse'))).toBe('no_key');
  expect(await outcome(bytes, opener(null))).toBe('no_key');
});
