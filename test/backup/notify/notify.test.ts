import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { notifyDesktop } from '../../../src/backup/notify/desktop.ts';
import { noticeOf } from '../../../src/backup/notify/notice.ts';
import { type Channels, notify } from '../../../src/backup/notify/notify.ts';
import { runProgram } from '../../../src/backup/notify/run-program.ts';
import { postWebhook } from '../../../src/backup/notify/webhook.ts';
import type { ScheduledRun } from '../../../src/backup/schedule/state.ts';
import { scratch } from '../../support/cli.ts';

const RUN: ScheduledRun = {
  slot: '2026-01-02T02:00:00.000Z',
  slots: 1,
  started_at: '2026-01-02T02:00:01.000Z',
  finished_at: '2026-01-02T02:00:02.000Z',
  result: 'made',
  attempts: 1,
  backup: 'memport-host-20260102T020001Z-abcd-auto.tar.gz',
  error: null,
};
const FAILED: ScheduledRun = {
  ...RUN,
  result: 'failed',
  attempts: 4,
  backup: null,
  error: 'no space left; $(id) "x"',
};
const NONE: Channels = { on: 'always', desktop: false, command: null, webhook: null };

afterEach(() => void vi.unstubAllEnvs());

/** A server that answers with these codes in turn, and keeps what it was sent. */
async function server(...codes: readonly number[]) {
  const bodies: unknown[] = [];
  const http = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', part => {
      text += part;
    });
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      response.statusCode = codes[bodies.length - 1] ?? 500;
      if (response.statusCode === 302) response.setHeader('location', 'http://127.0.0.1:1/');
      response.end('{}');
    });
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook?token=hush`,
    bodies,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise<void>(resolve => http.close(() => resolve()));
    },
  };
}

describe('a notice', () => {
  test('says what became of the slot', () => {
    expect(noticeOf(RUN, 'host')).toMatchObject({
      event: 'backup_made',
      message: expect.stringMatching(/auto\.tar\.gz is made and proven$/),
    });
    expect(noticeOf({ ...RUN, slots: 3 }, 'host').message).toContain('for 3 slots that were missed');
    expect(noticeOf({ ...RUN, result: 'unchanged' }, 'host')).toMatchObject({ event: 'backup_unchanged' });
    expect(noticeOf(FAILED, 'host')).toMatchObject({
      event: 'backup_failed',
      message: expect.stringContaining('after 4 attempts: no space left'),
    });
  });

  test('what a run does not say has other words', () => {
    expect(noticeOf({ ...RUN, backup: null }, 'h').message).toBe('the backup is made and proven');
    expect(noticeOf({ ...RUN, result: 'unchanged', backup: null }, 'h').message).toBe(
      'the store is as the newest backup holds it',
    );
    expect(noticeOf({ ...FAILED, error: null }, 'h').message).toContain('after 4 attempts: unknown');
  });

  test.each([
    ['failure', RUN, 0],
    ['failure', FAILED, 1],
    ['completion', RUN, 1],
    ['completion', FAILED, 0],
    ['always', RUN, 1],
    ['none', FAILED, 0],
  ] as const)('%s, of a run that was %o: %i', async (on, run, count) => {
    await using hook = await server(200);
    expect(await notify(noticeOf(run, 'host'), { ...NONE, on, webhook: hook.url })).toEqual([]);
    expect(hook.bodies).toHaveLength(count);
  });

  test('goes to a command as JSON on its input, and to all channels although one fails', async () => {
    const folder = scratch();
    await using hook = await server(200);
    vi.stubEnv('PATH', folder);
    const channels: Channels = {
      on: 'always',
      desktop: true,
      command: `/bin/cat > '${join(folder, 'notice.json')}'`,
      webhook: hook.url,
    };
    const failures = await notify(noticeOf(FAILED, 'host'), channels);
    expect(failures).toEqual([expect.stringMatching(/^the desktop was not told: .*ENOENT/)]);
    expect(JSON.parse(readFileSync(join(folder, 'notice.json'), 'utf8'))).toEqual(noticeOf(FAILED, 'host'));
    expect(hook.bodies).toEqual([noticeOf(FAILED, 'host')]);
  });

  test('a command that fails is said, with its words', async () => {
    const failures = await notify(noticeOf(RUN, 'h'), { ...NONE, command: 'echo nobody home >&2; exit 3' });
    expect(failures).toEqual(['the command was not told: it ended with 3: nobody home']);
  });
});

describe('the desktop', () => {
  test('notify-send gets the texts as they are, never by a shell', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'bin'));
    const program = join(folder, 'bin/notify-send');
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(folder, 'args')}'\n`);
    chmodSync(program, 0o755);
    vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
    const { title, message } = noticeOf(FAILED, 'host');
    await notifyDesktop({ title, message }, 'linux');
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe(`--app-name=memport\n--\n${title}\n${message}\n`);
  });

  test('on macOS and Windows the texts are no part of the script', async () => {
    const calls: unknown[][] = [];
    const run = async (...call: unknown[]): Promise<string> => {
      calls.push(call);
      return '';
    };
    await notifyDesktop({ title: 'T"', message: 'M$' }, 'darwin', run);
    await notifyDesktop({ title: 'T"', message: 'M$' }, 'win32', run);
    expect(calls[0]).toEqual(['osascript', ['-e', expect.not.stringContaining('M$'), 'T"', 'M$']]);
    expect(calls[1]).toEqual([
      'powershell.exe',
      ['-NoProfile', '-NonInteractive', '-Command', expect.not.stringContaining('M$')],
      { env: { MEMPORT_NOTICE_TITLE: 'T"', MEMPORT_NOTICE_MESSAGE: 'M$' } },
    ]);
  });
});

describe('a webhook', () => {
  const waits: number[] = [];
  const wait = async (ms: number): Promise<void> => void waits.push(ms);

  test('is tried again while the server fails, three times in all', async () => {
    waits.length = 0;
    await using hook = await server(500, 429, 204);
    await postWebhook(hook.url, { a: 1 }, wait);
    expect(hook.bodies).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
    expect(waits).toEqual([1000, 5000]);
    await using down = await server(500, 502, 503, 200);
    await expect(postWebhook(down.url, {}, wait)).rejects.toThrow(/^it answered 503$/);
  });

  test('is not tried again when it refuses, and redirects are not followed', async () => {
    await using hook = await server(404);
    await expect(postWebhook(hook.url, {}, wait)).rejects.toThrow('it answered 404');
    await using moved = await server(302);
    await expect(postWebhook(moved.url, {}, wait)).rejects.toThrow('it answered 302');
    expect([hook.bodies.length, moved.bodies.length]).toEqual([1, 1]);
  });

  test('that is not there says so without its address', async () => {
    const gone = await server(200);
    await gone[Symbol.asyncDispose]();
    const error: unknown = await postWebhook(gone.url, {}, wait).catch((thrown: unknown) => thrown);
    expect(String(error)).toBe('Error: it could not be reached (ECONNREFUSED)');
    const wrong: unknown = await postWebhook('http://hush hush/', {}, wait).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(wrong)).not.toContain('hush');
  });
});

describe('a program', () => {
  test('resolves to what it wrote, whether or not it reads its input', async () => {
    expect(await runProgram('cat', [], { input: 'hello' })).toBe('hello');
    expect(await runProgram('true', [], { input: 'x'.repeat(1_000_000) })).toBe('');
  });

  test('that takes too long is ended', async () => {
    const file = join(scratch(), 'late');
    await expect(runProgram('sh', ['-c', `sleep 60; touch ${file}`], { timeoutMs: 50 })).rejects.toThrow(
      'it took longer than 0.05 seconds and was ended',
    );
    expect(existsSync(file)).toBe(false);
  });
});
