import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, fillHome, linesOf, summaryOf } from '../../support/stores.ts';

async function homeWithKey(): Promise<{ readonly home: string; readonly recipient: string }> {
  const home = scratch();
  await fillHome(home);
  return { home, recipient: await ok(['key', 'generate'], { home }) };
}

describe('key', () => {
  it('makes a key, shows its recipient, and makes no other in its place', async () => {
    const home = scratch();
    expect(await memport(['key', 'show'], { home })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: /no keys/,
    });
    const recipient = await ok(['key', 'generate'], { home });
    expect(await ok(['key', 'show'], { home })).toBe(recipient);
    expect(await memport(['key', 'generate'], { home })).toMatchObject({ code: 2, stderr: /already/ });
    const more = await ok(['key', 'generate', '--name', 'pq', '--post-quantum', '--json'], { home });
    expect(JSON.parse(more)).toEqual({
      recipient: expect.stringMatching(/^age1pq1/),
      file: join(home, 'keys', 'pq.txt'),
    });
    const shown = (await ok(['key', 'show', '--json'], { home })).split('\n').map(line => JSON.parse(line));
    expect(shown).toEqual([{ recipient, file: join(home, 'keys', 'identity.txt') }, JSON.parse(more)]);
  });

  it('never shows the key itself', async () => {
    const home = scratch();
    const outputs = [];
    for (const args of [
      ['key', 'generate'],
      ['key', 'show'],
      ['key', 'generate'],
      ['key', 'show', '--json'],
    ])
      outputs.push(await memport([...args, '--verbose'], { home }));
    expect(JSON.stringify(outputs)).not.toContain('AGE-SECRET-KEY');
  });
});

describe('an encrypted export', () => {
  it('comes in again where the key is, and nowhere else', async () => {
    const { home } = await homeWithKey();
    await ok(['export', 'a.tar.gz.age'], { home });
    expect(statSync(join(home, 'a.tar.gz.age')).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(join(home, 'a.tar.gz.age'));
    expect(bytes.toString('latin1')).toMatch(/^age-encryption.org\/v1\n-> X25519 /);
    const other = scratch();
    const refused = await memport(['import', join(home, 'a.tar.gz.age')], { home: other });
    expect(refused).toMatchObject({ code: 12, stdout: '', stderr: /no identity at hand/ });
    expect(existsSync(join(other, 'memport.db'))).toBe(false);
    const key = join(home, 'keys', 'identity.txt');
    await ok(['import', join(home, 'a.tar.gz.age'), '--identity', key], { home: other });
    expect(await linesOf(other)).toEqual(await linesOf(home));
    const again = { home: scratch(), env: { MEMPORT_IDENTITY: key } };
    await ok(['restore', join(home, 'a.tar.gz.age'), '--yes'], again);
    expect(await digestOf(again.home)).toBe(await digestOf(home));
    const diff = await ok(['diff', 'a.tar.gz.age', '--json'], { home });
    expect(JSON.parse(diff)).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 5 });
  });

  it('of JSON is JSON inside, and its summary says that it is encrypted', async () => {
    const { home } = await homeWithKey();
    const summary = summaryOf(await ok(['export', 'notes.json.age', '--json'], { home }));
    expect(summary).toMatchObject({ format: 'json', encrypted: true, memories: 5 });
    expect(summary.bytes).toBe(statSync(join(home, 'notes.json.age')).size);
    expect(readFileSync(join(home, 'notes.json.age')).includes('Prices')).toBe(false);
    const plain = summaryOf(await ok(['export', 'notes.json', '--json'], { home }));
    expect(plain).toMatchObject({ encrypted: false });
    const imported = summaryOf(await ok(['import', 'notes.json.age', '--json'], { home }));
    expect(imported).toMatchObject({ format: 'memport-json', unchanged: 5 });
  });

  it('gets a name that says so', async () => {
    const { home, recipient } = await homeWithKey();
    const path = await ok(['export', '--recipient', recipient], { home });
    expect(path).toMatch(/exports\/memport-20260601T120000Z\.tar\.gz\.age$/);
    expect(await ok(['export', '--encrypt', '--format', 'json'], { home })).toMatch(/\.json\.age$/);
  });

  it('needs something to encrypt to, and no secret in its place', async () => {
    const home = scratch();
    await fillHome(home);
    const refused = await memport(['export', 'a.tar.gz', '--encrypt'], { home });
    expect(refused).toMatchObject({ code: 12, stderr: /key generate/ });
    const named = await memport(['export', 'a.tar.gz.age'], { home });
    expect(named.code).toBe(12);
    const secret = await memport(['export', 'a.tar.gz', '--recipient', 'AGE-SECRET-KEY-1SENTINEL'], { home });
    expect(secret.code).toBe(2);
    expect(secret.stderr).not.toContain('SENTINEL');
    expect(existsSync(join(home, 'a.tar.gz'))).toBe(false);
  });

  it('does not go to a terminal', async () => {
    const { home } = await homeWithKey();
    const refused = await memport(['export', '-', '--format', 'json', '--encrypt'], { home, tty: true });
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: /terminal/ });
    const piped = await memport(['export', '-', '--encrypt'], { home });
    const back = await memport(['import', '-', '--json'], { home, stdin: piped.stdoutBytes });
    expect(summaryOf(back.stdout)).toMatchObject({ format: 'memport-archive', unchanged: 5 });
  });
});

describe('a passphrase', () => {
  it('is typed twice to set it, once to use it, and never seen', async () => {
    const home = scratch();
    await fillHome(home);
    const typed = (stdin: string, ...args: string[]) => memport(args, { home, asked: true, stdin });
    const [one, two] = ['secret sentinel', 'another sentinel'];
    const differs = await typed(`${one}\n${two}\n`, 'export', 'a.tar.gz', '--encrypt');
    expect(differs).toMatchObject({ code: 12, stderr: /differ/ });
    expect(existsSync(join(home, 'a.tar.gz'))).toBe(false);
    expect(await typed('\n', 'export', 'a.tar.gz', '--encrypt')).toMatchObject({ code: 12, stderr: /empty/ });
    const done = await typed(`${one}x\u007f\r\nwrong\u0015${one}\r\n`, 'export', 'a.tar.gz', '--encrypt');
    expect(done.code).toBe(0);
    const wrong = await typed(`${two}\n`, 'import', 'a.tar.gz');
    expect(wrong).toMatchObject({ code: 12, stderr: /passphrase is missing or wrong/ });
    const right = await typed(`${one}\n`, 'import', 'a.tar.gz');
    expect(right).toMatchObject({ code: 0, stdout: /5 unchanged/ });
    for (const ending of ['\u0003', '\u0004', ''])
      expect(
        await typed(`abc${ending}`.slice(ending === '\u0004' ? 3 : 0), 'import', 'a.tar.gz'),
      ).toMatchObject({ code: 130 });
    expect(await memport(['import', 'a.tar.gz'], { home })).toMatchObject({ code: 12 });
    const outputs = JSON.stringify([differs, done, wrong, right]);
    expect(outputs).not.toContain('sentinel');
  });

  it('comes from a file or the environment', async () => {
    const home = scratch();
    await fillHome(home);
    writeFileSync(join(home, 'secret'), 'from a file\n');
    await ok(['export', 'a.tar.gz.age', '--passphrase-file', 'secret'], { home });
    const env = { MEMPORT_PASSPHRASE: 'from a file' };
    expect(await ok(['import', 'a.tar.gz.age', '--dry-run'], { home, env })).toContain('5 unchanged');
    const both = ['export', 'b', '--passphrase-file', 'secret', '--recipient', 'age1x'];
    expect(await memport(both, { home })).toMatchObject({ code: 2 });
  });
});
