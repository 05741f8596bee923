import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { points, reportFigures } from '../support/deep.ts';
import { EmbeddingServer } from '../support/embedding-server.ts';
import { folderOfFile } from '../support/folders.ts';
import { connectBinary } from '../support/mcp.ts';
import { disguises, HAS_STRACE, hexOf, PROGRAM, type Seen, strace, takeLog, traced } from './traced.ts';

const SECRETS = {
  text: 'The sentinel of the text is zebra-7Qx?>~ünlock-4417',
  passphrase: 'sentinel passphrase >?~ violet-9931 tortoise',
  key: 'sk-sentinel-embedding-key-20c1~?>x',
  webhook: 'sentinel-webhook-token-55e0aa71',
  token: 'sentinel-mcp-token-8842aa-bbcc-ddee',
} as const;
type Secret = keyof typeof SECRETS;

const root = folderOfFile();
const place = (name: string): string => join(root, name);
const [home, second, empty] = [place('home'), place('second'), place('empty')];
const passphraseFile = place('given/passphrase');
let embedding: EmbeddingServer;
let hook: Server;
const noticed: string[] = [];

/** One run of the program, and where a secret may be seen in it, since its user asked for just that. */
interface Step {
  readonly args: readonly string[];
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly code?: number;
  /** Also the output holds the text. */
  readonly shows?: boolean;
  /** Puts the content of a file in a store that is thrown away, below the temporary folder: restore, diff, verify --restore, a dry run without a store. */
  readonly stages?: boolean;
}

beforeAll(async () => {
  for (const name of ['home', 'second', 'tmp', 'user', 'given', 'out', 'code'])
    mkdirSync(place(name), { mode: 0o700 });
  writeFileSync(passphraseFile, `${SECRETS.passphrase}\n`, { mode: 0o600 });
  writeFileSync(place('code/main.py'), 'def main():\n    return 1\n');
  embedding = await EmbeddingServer.start({ key: SECRETS.key, dimensions: 8 });
  hook = createServer((request, response) => {
    request.resume();
    noticed.push(String(request.url));
    response.writeHead(404).end();
  });
  await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve));
  const { port } = hook.address() as AddressInfo;
  const settled = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const due = { settled, retry: null, runs: [] };
  writeFileSync(join(home, 'state.json'), JSON.stringify(due), { mode: 0o600 });
  for (const folder of [home, second])
    writeFileSync(
      join(folder, 'memport.json'),
      JSON.stringify({
        embedding_provider: 'http',
        embedding_model: 'test',
        embedding_url: embedding.url,
        enable_auto_backup: true,
        backup_schedule: 'hourly',
        backup_encrypt: true,
        backup_notify: 'always',
        backup_notify_command: `cat > ${place('out/notice')}; chmod 600 ${place('out/notice')}`,
        backup_notify_webhook: `http://127.0.0.1:${port}/${SECRETS.webhook}`,
      }),
      { mode: 0o600 },
    );
});
afterAll(async () => {
  await embedding?.[Symbol.asyncDispose]();
  await new Promise(resolve => hook?.close(resolve));
});

function environment(step: Pick<Step, 'home' | 'env'> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MEMPORT_HOME: step.home ?? home,
    HOME: place('user'),
    TMPDIR: place('tmp'),
    MEMPORT_EMBEDDING_API_KEY: SECRETS.key,
    ...step.env,
  };
}

const NEEDLES = Object.entries(SECRETS).flatMap(([name, secret]) =>
  disguises(secret).map(bytes => ({ name: name as Secret, bytes, hex: bytes.toString('hex') })),
);

function secretsIn(bytes: Buffer): readonly Secret[] {
  return [...new Set(NEEDLES.filter(needle => bytes.includes(needle.bytes)).map(({ name }) => name))];
}

/** Whether a secret may be written there. */
function isAllowed(secret: Secret, { call, target, line }: Seen, step: Step): boolean {
  const isOutput = /^(?:pipe|socket|UNIX|\/dev\/pts)/.test(target);
  if (secret === 'text') {
    if (/\/(home|second|empty)\/memport\.db(-wal|-journal)?$/.test(target)) return true;
    // What is embedded goes to the embedder.
    if (target.startsWith('TCP') || target.startsWith('socket')) return true;
    if (step.shows === true && isOutput) return true;
    return step.stages === true && /\/tmp\/memport-[^/]+\/\w+\.db(-wal|-journal)?$/.test(target);
  }
  if (secret === 'key' || secret === 'webhook')
    return target.startsWith('TCP') || target.startsWith('socket');
  // The program of MEMPORT_PASSPHRASE_COMMAND gives it through a pipe.
  return (
    secret === 'passphrase' &&
    call === 'write' &&
    step.env?.MEMPORT_PASSPHRASE_COMMAND !== undefined &&
    isOutput &&
    !line.includes('memport')
  );
}

function isTextStored({ target, line }: Seen): boolean {
  return target.endsWith('memport.db-wal') && hexOf(line).includes(Buffer.from(SECRETS.text).toString('hex'));
}

function expectNoSecret(seen: readonly Seen[], step: Step, what: string): void {
  for (const one of seen) {
    const hex = hexOf(one.line);
    const found = NEEDLES.filter(needle => hex.includes(needle.hex)).map(({ name }) => name);
    const leaked = [...new Set(found)].filter(name => !isAllowed(name, one, step));
    expect(leaked, `${what}: ${one.call} ${one.target}`).toEqual([]);
    expectPrivate(one, what);
  }
}

/** Files are made for their owner alone, and so are folders; what the command of notices makes is its own affair. */
function expectPrivate({ call, line }: Seen, what: string): void {
  if (hexOf(line).includes(Buffer.from(out('notice')).toString('hex'))) return;
  const created = /O_CREAT[^,)]*, 0(\d+)\)? *= \d+<([^>]*)>/.exec(line);
  if (
    call === 'openat' &&
    created !== null &&
    hexOf(created[2] ?? '').includes(Buffer.from(root).toString('hex'))
  )
    expect(Number.parseInt(created[1] ?? '', 8) & 0o077, `${what}: ${call} ${created[0]}`).toBe(0);
  const folder = /^\("([^"]*)", 0(\d+)\)/.exec(line);
  if (call === 'mkdir' && folder !== null)
    expect(Number.parseInt(folder[2] ?? '', 8) & 0o077, `${what}: ${call}`).toBe(0);
}

/** Files that hold a secret though they are not where it belongs, and such as others can read. */
function strays(): readonly string[] {
  const mine =
    /\/(?:home|second|empty)\/memport\.db(?:-wal|-shm)?$|\/given\/|\/(?:home|second)\/memport\.json$|\/code\//;
  return readdirSync(root, { recursive: true, withFileTypes: true }).flatMap(entry => {
    const path = join(entry.parentPath, entry.name);
    if (mine.test(path)) return [];
    const isOpen = (statSync(path).mode & 0o077) !== 0 ? [`${path} is open to others`] : [];
    const found = entry.isFile()
      ? secretsIn(readFileSync(path)).map(name => `${path} holds the ${name}`)
      : [];
    const left = path.startsWith(place('tmp/')) ? [`${path} was left`] : [];
    return [...isOpen, ...found, ...left];
  });
}

const out = (name: string): string => place(`out/${name}`);
const WITH = { MEMPORT_PASSPHRASE: SECRETS.passphrase };
/** In the order in which they are taken; the ordinary run leaves out those that say `isRare`. */
const STEPS: readonly (Step & { readonly isRare?: boolean })[] = [
  { args: ['key', 'generate'] },
  { args: ['add', '-'], input: SECRETS.text },
  { args: ['search', 'zebra'], shows: true, isRare: true },
  { args: ['list', '--json'], shows: true, isRare: true },
  { args: ['backup', 'create', '--encrypt'] },
  {
    args: [
      'backup',
      'create',
      '--encrypt',
      '--destination',
      place('out'),
      '--passphrase-file',
      passphraseFile,
    ],
    isRare: true,
  },
  { args: ['export', out('a.tar.gz.age'), '--passphrase-file', passphraseFile] },
  { args: ['export', out('b.json.age'), '--format', 'json', '--encrypt'], env: WITH, isRare: true },
  {
    args: ['export', out('c.md.age'), '--format', 'markdown', '--single-file', '--encrypt'],
    env: { MEMPORT_PASSPHRASE_FILE: passphraseFile },
    isRare: true,
  },
  {
    args: ['export', out('d.tar.gz.age'), '--encrypt'],
    env: { MEMPORT_PASSPHRASE_COMMAND: `cat ${passphraseFile}` },
  },
  { args: ['backup', 'verify', 'latest'], isRare: true },
  { args: ['backup', 'verify', out('a.tar.gz.age'), '--restore'], env: WITH, stages: true },
  { args: ['backup', 'verify', out('a.tar.gz.age')], env: { MEMPORT_PASSPHRASE: 'wrong' }, code: 12 },
  {
    args: ['import', out('a.tar.gz.age'), '--dry-run', '--quiet'],
    env: WITH,
    home: empty,
    stages: true,
    shows: true,
  },
  { args: ['import', out('a.tar.gz.age')], env: WITH, home: second },
  {
    args: ['import', out('a.tar.gz.age'), '--verbose'],
    env: { MEMPORT_PASSPHRASE: 'wrong' },
    home: second,
    code: 12,
    isRare: true,
  },
  { args: ['import', out('b.json.age'), '--passphrase-file', passphraseFile], home: second, isRare: true },
  { args: ['diff', out('a.tar.gz.age'), 'store', '--passphrase-file', passphraseFile], stages: true },
  { args: ['add', 'Something else.'], home: second, env: WITH, isRare: true },
  { args: ['restore', out('d.tar.gz.age'), '--yes'], env: WITH, home: second, stages: true },
  { args: ['undo', '--yes'], home: second, shows: true, isRare: true },
  { args: ['operations'], home: second, isRare: true },
  { args: ['embed', '--all'] },
  { args: ['index', place('code'), '--project', 'code'], isRare: true },
  { args: ['backup', 'run', '--verbose'] },
  { args: ['backup', 'list', '--json'], isRare: true },
  { args: ['backup', 'show', 'latest'], isRare: true },
  { args: ['backup', 'schedule', 'status'], isRare: true },
  { args: ['status', '--json'], isRare: true },
  { args: ['doctor'] },
  { args: ['config', 'show', '--json'] },
  { args: ['backup', 'config', 'show'], isRare: true },
  {
    args: ['config', 'set', 'embedding_url', 'http://user:sentinel-webhook-token-55e0aa71@127.0.0.1/'],
    code: 2,
    isRare: true,
  },
];

describe.skipIf(!HAS_STRACE)('[SEC-01] a secret is nowhere but where it belongs', () => {
  test('in what programs print, start, write and leave', async context => {
    const steps = STEPS.filter(({ isRare }) => isRare !== true || points(1, 0) === 1);
    const figures = { runs: 0, calls: 0, leaks: 0 };
    let stored = false;
    for (const step of steps) {
      const what = step.args.join(' ');
      const ended = await traced([...PROGRAM, ...step.args], {
        log: place('trace'),
        cwd: place('out'),
        env: environment(step),
        ...(step.input !== undefined && { input: step.input }),
      });
      if (step.code !== 2 || !what.includes('config set')) {
        expect([what, ended.code, ended.code === (step.code ?? 0) ? '' : String(ended.stderr)]).toEqual([
          what,
          step.code ?? 0,
          '',
        ]);
        expectNoSecret(ended.seen, step, what);
        stored ||= ended.seen.some(isTextStored);
      }
      const shown = secretsIn(Buffer.concat([ended.stdout, ended.stderr]));
      expect(
        shown.filter(name => !(name === 'text' && step.shows)),
        what,
      ).toEqual([]);
      expect(strays(), what).toEqual([]);
      figures.runs += 1;
      figures.calls += ended.seen.length;
    }
    // Else nothing would have been found anywhere.
    expect(stored).toBe(true);
    expect(noticed).toContain(`/${SECRETS.webhook}`);
    expect(embedding.asked.map(({ authorization }) => authorization)).toContain(`Bearer ${SECRETS.key}`);
    reportFigures(context, figures);
  }, 900_000);

  test('in a server of MCP over pipes', async () => {
    const [command = '', ...args] = [...strace(place('trace')), ...PROGRAM, 'mcp', '--verbose'];
    const { HOME = '', TMPDIR = '' } = environment();
    const env = { HOME, TMPDIR, MEMPORT_EMBEDDING_API_KEY: SECRETS.key, ...WITH };
    const server = await connectBinary(home, { program: { command, args }, env });
    await server.ok('store_memory', { content: `${SECRETS.text} too` });
    await server.ok('create_backup', {});
    await server.ok('verify_backup', { backup_id: 'latest' });
    await server.call('restore_from_backup', { input_path: out('a.tar.gz.age') });
    await server.call('import_memories', { input_path: out('a.tar.gz.age'), dry_run: true });
    const told = server.messages.map(message => JSON.stringify(message)).join('\n');
    await server.close();
    expect(secretsIn(Buffer.from(server.stderr()))).toEqual([]);
    expect(secretsIn(Buffer.from(told)).filter(name => name !== 'text')).toEqual([]);
    await ended(server.pid);
    expectNoSecret(takeLog(place('trace')), { args: ['mcp'], shows: true, stages: true }, 'mcp');
    expect(strays()).toEqual([]);
  }, 120_000);

  test('in a server of MCP over HTTP', async () => {
    const [command = '', ...args] = [
      ...strace(place('trace')),
      ...PROGRAM,
      'mcp',
      '--http',
      '0',
      '--json',
      '--verbose',
    ];
    const child = spawn(command, args, {
      cwd: place('out'),
      env: { ...environment(), MEMPORT_MCP_TOKEN: SECRETS.token },
    });
    let [shown, errors] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    const url = await new Promise<string>(resolve =>
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk;
        resolve(String((JSON.parse(shown) as { url: unknown }).url));
      }),
    );
    for (const token of [SECRETS.token, `${SECRETS.token}x`, 'wrong'])
      for (const body of ['{}', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', 'no JSON']) {
        const headers = {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        };
        const answer = await (await fetch(url, { method: 'POST', headers, body })).text();
        expect(secretsIn(Buffer.from(answer))).toEqual([]);
      }
    const closed = new Promise(resolve => child.on('close', resolve));
    const [program] = spawnSync('pgrep', ['-P', String(child.pid)])
      .stdout.toString()
      .split('\n');
    process.kill(Number(program), 'SIGTERM');
    await closed;
    expect(secretsIn(Buffer.from(shown + errors))).toEqual([]);
    expectNoSecret(takeLog(place('trace')), { args: ['mcp'] }, 'mcp --http');
    expect(strays()).toEqual([]);
  }, 120_000);
});

/** Waits until a process is over: its log is whole then. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(resolve => setImmediate(resolve));
  }
}

test('and in no file of the repository', () => {
  const listed = spawnSync('git', ['ls-files', '-z'], { cwd: import.meta.dirname, encoding: 'utf8' }).stdout;
  const files = listed.split('\0').filter(Boolean);
  // This file alone, where they are made.
  expect(
    files.filter(
      file =>
        !file.startsWith('sentinel') && secretsIn(readFileSync(join(import.meta.dirname, file))).length > 0,
    ),
  ).toEqual([]);
});
