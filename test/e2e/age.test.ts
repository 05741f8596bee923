import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { ok, scratch } from '../support/cli.ts';
import { isMissing } from '../support/programs.ts';
import { digestOf, fillHome, linesOf } from '../support/stores.ts';

const hasAge = !isMissing('age');
const hasTypist = hasAge && !isMissing('python3');

function tool(command: string, args: readonly string[], cwd: string) {
  const ended = spawnSync(command, args, { cwd, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr.toString() };
}

/** Types the first argument wherever the program asks for a passphrase: age asks on a terminal only. */
const TYPIST = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])
seen = b""
while True:
    try: data = os.read(fd, 1024)
    except OSError: break
    if not data: break
    seen += data
    if b"passphrase" in seen.lower() and seen.rstrip().endswith(b":"):
        os.write(fd, sys.argv[1].encode() + b"\\n")
        seen = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

test.skipIf(!hasAge)('age and tar open what memport encrypts, to each of its recipients', async () => {
  const home = scratch();
  await fillHome(home);
  const recipients = ['one', 'two'].map(name => {
    expect(tool('age-keygen', ['-o', name], home).code).toBe(0);
    return tool('age-keygen', ['-y', name], home).stdout.toString().trim();
  });
  await ok(['export', 'a.tar.gz.age', ...recipients.flatMap(one => ['--recipient', one])], { home });
  for (const name of ['one', 'two']) {
    const opened = tool('age', ['-d', '-i', name, '-o', `${name}.tar.gz`, 'a.tar.gz.age'], home);
    expect(opened).toMatchObject({ code: 0, stderr: '' });
    const listed = tool('tar', ['xzOf', `${name}.tar.gz`, 'portable_backup/manifest.json'], home);
    expect(JSON.parse(listed.stdout.toString())).toMatchObject({ memory_count: 5, encryption: 'age' });
    const imported = await ok(['import', 'a.tar.gz.age', '--identity', name, '--json'], { home });
    expect(JSON.parse(imported)).toMatchObject({ unchanged: 5 });
  }
});

test.skipIf(!hasAge)('memport reads what age encrypts, also as text', async () => {
  const home = scratch();
  await fillHome(home);
  const recipient = await ok(['key', 'generate'], { home });
  await ok(['export', 'a.tar.gz'], { home });
  for (const flags of [[], ['--armor']]) {
    expect(tool('age', [...flags, '-r', recipient, '-o', 'b.age', 'a.tar.gz'], home).code).toBe(0);
    const other = scratch();
    const key = join(home, 'keys', 'identity.txt');
    await ok(['restore', join(home, 'b.age'), '--identity', key, '--yes'], { home: other });
    expect(await digestOf(other)).toBe(await digestOf(home));
  }
});

test.skipIf(!hasTypist)('both take the same passphrase', async () => {
  const home = scratch();
  await fillHome(home);
  writeFileSync(join(home, 'secret'), 'wörter mit leerzeichen\n');
  const age = (...args: string[]) =>
    tool('python3', ['-c', TYPIST, 'wörter mit leerzeichen', 'age', ...args], home);
  await ok(['export', 'a.json.age', '--passphrase-file', 'secret'], { home });
  expect(age('-d', '-o', 'a.json', 'a.json.age').code).toBe(0);
  expect(JSON.parse(readFileSync(join(home, 'a.json'), 'utf8'))).toMatchObject({ memory_count: 5 });
  expect(age('-p', '-o', 'b.age', 'a.json').code).toBe(0);
  const imported = await ok(['import', 'b.age', '--passphrase-file', 'secret', '--json'], { home });
  expect(JSON.parse(imported)).toMatchObject({ unchanged: 5 });
});

/** Every file below a folder. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
}

test('no secret stands in an output, a log or any file but its own', async () => {
  const home = scratch();
  const [content, passphrase] = ['sentinel of the content', 'sentinel of the passphrase'];
  await ok(['add', content], { home });
  const lines = await linesOf(home);
  const env = { MEMPORT_PASSPHRASE: passphrase, TMPDIR: scratch() };
  const outputs = [
    ['export', 'a.tar.gz.age', '--verbose'],
    ['export', 'b.json.age', '--json'],
    ['diff', 'a.tar.gz.age', 'b.json.age', '--json'],
    ['import', 'a.tar.gz.age', '--json', '--home', join(home, 'other')],
  ].map(args => runBinary(args, home, undefined, [], env));
  expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const wrong = { ...env, MEMPORT_PASSPHRASE: `${passphrase} and more` };
  const refused = runBinary(['import', 'a.tar.gz.age', '--verbose'], home, undefined, [], wrong);
  expect(refused.code).toBe(12);
  const said = [...outputs, refused].map(({ stdout, stderr }) => stdout.toString() + stderr).join('\n');
  expect(said).not.toContain(passphrase);
  expect(said).not.toContain(content);
  const stores = /memport\.db(-wal|-shm)?$/;
  const others = filesBelow(home).filter(file => !stores.test(file));
  expect(others.map(file => file.slice(home.length + 1)).sort()).toEqual(['a.tar.gz.age', 'b.json.age']);
  for (const file of [...others, ...filesBelow(env.TMPDIR)]) {
    expect(readFileSync(file).includes(content)).toBe(false);
    expect(readFileSync(file).includes(passphrase)).toBe(false);
  }
  expect(filesBelow(env.TMPDIR)).toEqual([]);
  expect(await linesOf(join(home, 'other'))).toEqual(lines);
});
