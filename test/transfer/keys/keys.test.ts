import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLock } from '../../../src/transfer/keys/choose-lock.ts';
import {
  generateKey,
  homeIdentities,
  homeRecipients,
  readIdentityFile,
} from '../../../src/transfer/keys/identities.ts';
import { openKeyring } from '../../../src/transfer/keys/keyring.ts';
import { readPassphrase } from '../../../src/transfer/keys/passphrase.ts';
import { scratch } from '../../support/cli.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');
const nobody = async (): Promise<null> => null;

describe('the key of a home', () => {
  it('is made once, for its owner only, as age-keygen writes it', async () => {
    const folder = join(scratch(), 'keys');
    const { file, recipient } = await generateKey(folder, { name: 'identity', kind: 'x25519', nowMs });
    expect(recipient).toMatch(/^age1[a-z0-9]{58}$/);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(
      /^# created: 2026-06-01T12:00:00Z?.*\n# public key: age1.*\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$/,
    );
    expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    const again = generateKey(folder, { name: 'identity', kind: 'post-quantum', nowMs });
    await expect(again).rejects.toMatchObject({ code: 'usage' });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each(['', '../identity', '.hidden', 'a/b', 'a b'])('is not called %j', async name => {
    const folder = join(scratch(), 'keys');
    const making = generateKey(folder, { name, kind: 'x25519', nowMs });
    await expect(making).rejects.toMatchObject({ code: 'usage' });
  });

  it('is found among other files, and with others', async () => {
    const folder = scratch();
    const one = await generateKey(folder, { name: 'b', kind: 'x25519', nowMs });
    const two = await generateKey(folder, { name: 'a', kind: 'post-quantum', nowMs });
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'notes.txt'), 'nothing\n');
    writeFileSync(join(folder, '.hidden'), readFileSync(one.file));
    writeFileSync(join(folder, 'image'), Buffer.alloc(100_000));
    writeFileSync(join(folder, 'wrong.txt'), 'AGE-SECRET-KEY-1WRONG\n');
    expect((await homeIdentities(folder)).map(({ file }) => file)).toEqual([
      two.file,
      one.file,
      join(folder, 'wrong.txt'),
    ]);
    expect(await homeRecipients(folder)).toEqual([
      { file: two.file, recipients: [two.recipient] },
      { file: one.file, recipients: [one.recipient] },
    ]);
    expect(await homeRecipients(join(folder, 'missing'))).toEqual([]);
    await expect(homeRecipients(two.file)).rejects.toThrow();
  });

  it('is missing where a named file holds none', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'empty'), '# nothing\n');
    for (const name of ['empty', 'missing', '.'])
      await expect(readIdentityFile(join(folder, name))).rejects.toMatchObject({ code: 'no_key' });
  });
});

describe('the passphrase', () => {
  const cwd = scratch.bind(null);

  it('comes from the option, then from each variable', async () => {
    const folder = cwd();
    writeFileSync(join(folder, 'one'), 'from the file\n');
    writeFileSync(join(folder, 'two'), 'from the variable \r\n');
    const env = {
      PATH: process.env.PATH,
      MEMPORT_PASSPHRASE: 'itself',
      MEMPORT_PASSPHRASE_FILE: 'two',
      MEMPORT_PASSPHRASE_COMMAND: 'echo "from the command"; echo told >&2',
    };
    const read = (skipped: readonly string[], passphraseFile?: string) =>
      readPassphrase({
        env: Object.fromEntries(Object.entries(env).filter(([name]) => !skipped.includes(name))),
        cwd: folder,
        passphraseFile,
      });
    expect(await read([], 'one')).toBe('from the file');
    expect(await read([])).toBe('itself');
    expect(await read(['MEMPORT_PASSPHRASE'])).toBe('from the variable ');
    expect(await read(['MEMPORT_PASSPHRASE', 'MEMPORT_PASSPHRASE_FILE'])).toBe('from the command');
    expect(await read(Object.keys(env))).toBeNull();
  });

  it.each([
    ['an empty file', { passphraseFile: 'empty' }, {}],
    ['a missing file', { passphraseFile: 'missing' }, {}],
    ['bytes that are no text', { passphraseFile: 'binary' }, {}],
    ['a command that fails', {}, { MEMPORT_PASSPHRASE_COMMAND: 'echo sentinel; exit 3' }],
    ['a command that says nothing', {}, { MEMPORT_PASSPHRASE_COMMAND: 'true' }],
    ['a command that says too much', {}, { MEMPORT_PASSPHRASE_COMMAND: 'yes sentinel | head -c 100000' }],
  ])('is missing with %s, which is not repeated', async (_, option, env) => {
    const folder = cwd();
    writeFileSync(join(folder, 'empty'), '\n');
    writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe]));
    const reading = readPassphrase({ ...option, env: { PATH: process.env.PATH, ...env }, cwd: folder });
    await expect(reading).rejects.toMatchObject({ code: 'no_key' });
    await expect(reading).rejects.not.toThrow(/sentinel/);
  });

  it('is not waited for after Ctrl-C', async () => {
    const env = { PATH: process.env.PATH, MEMPORT_PASSPHRASE_COMMAND: 'sleep 100' };
    const reading = readPassphrase({ env, cwd: cwd(), signal: AbortSignal.abort() });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a keyring', () => {
  it('has the identities that are named, those of the environment and of the home, and asks once', async () => {
    const [folder, elsewhere] = [scratch(), scratch()];
    const key = async (where: string, name: string): Promise<string> => {
      const { file } = await generateKey(where, { name, kind: 'x25519', nowMs });
      return (await readIdentityFile(file))[0] ?? '';
    };
    const own = await key(folder, 'own');
    const [named, given] = [await key(elsewhere, 'named'), await key(elsewhere, 'given')];
    let asked = 0;
    const open = (value: string) =>
      openKeyring({
        identityFiles: ['named.txt'],
        env: { MEMPORT_IDENTITY: value },
        cwd: elsewhere,
        keysFolder: folder,
        ask: async () => {
          asked += 1;
          return 'typed';
        },
      });
    expect(await open('given.txt').identities()).toEqual([named, given, own]);
    const keys = open(given);
    expect(await keys.identities()).toEqual([named, given, own]);
    expect([await keys.passphrase(), await keys.passphrase(), asked]).toEqual(['typed', 'typed', 1]);
    await expect(open('missing.txt').identities()).rejects.toMatchObject({ code: 'no_key' });
  });
});

describe('what a file is encrypted to', () => {
  it('is what is named, else the keys of the home, else what someone types', async () => {
    const folder = scratch();
    const rest = { env: {}, cwd: folder, keysFolder: join(folder, 'keys'), ask: nobody };
    writeFileSync(join(folder, 'secret'), 'from the file\n');
    await expect(chooseLock({ ...rest, recipients: [] })).rejects.toMatchObject({ code: 'no_key' });
    expect(await chooseLock({ ...rest, recipients: [], ask: async () => 'typed' })).toEqual({
      passphrase: 'typed',
    });
    const { recipient } = await generateKey(rest.keysFolder, { name: 'own', kind: 'x25519', nowMs });
    expect(await chooseLock({ ...rest, recipients: [] })).toEqual({ recipients: [recipient] });
    expect(await chooseLock({ ...rest, recipients: [], passphraseFile: 'secret' })).toEqual({
      passphrase: 'from the file',
    });
    expect(await chooseLock({ ...rest, recipients: [recipient], env: { MEMPORT_PASSPHRASE: 'x' } })).toEqual({
      recipients: [recipient],
    });
    for (const wrong of [
      { recipients: [recipient], passphraseFile: 'secret' },
      { recipients: ['age1wrong'] },
    ])
      await expect(chooseLock({ ...rest, ...wrong })).rejects.toMatchObject({ code: 'usage' });
  });
});
