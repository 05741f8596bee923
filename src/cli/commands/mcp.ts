import { resolve } from 'node:path';
import { Command } from 'commander';
import { MemportError } from '../../errors.ts';
import type { McpHost } from '../../mcp/host.ts';
import type { Act } from '../act.ts';
import { tell } from '../io.ts';
import type { Session } from '../session.ts';
import { visible } from '../ui/text.ts';

interface McpOptions {
  readonly http?: string;
  readonly printConfig?: string;
}

export const mcpCommand = (act: Act): Command =>
  new Command('mcp')
    .description('the server through which assistants use this memory (Model Context Protocol, over stdio)')
    .option('--http <port>', 'serve on 127.0.0.1 instead, to who has the token; 0 for a free port')
    .option(
      '--print-config <client>',
      'how to set up claude-code, claude-desktop, cursor or vscode, and no more',
    )
    .addHelpText(
      'after',
      `
An editor starts this command by itself; to set one up: memport mcp --print-config claude-code
The token of --http is that of MEMPORT_MCP_TOKEN, else the one in the home's keys/mcp-token, which is made.`,
    )
    .action(
      act(async (session, command) => {
        const options = command.opts<McpOptions>();
        if (options.printConfig !== undefined) return printConfig(session, options.printConfig);
        return serve(session, options.http === undefined ? null : readPort(options.http));
      }),
    );

async function serve(session: Session, port: number | null): Promise<void> {
  const { McpHost } = await import('../../mcp/host.ts');
  const { startSchedule } = await import('../../mcp/schedule.ts');
  const { home, io } = session;
  await session.config();
  await using host = new McpHost({ home, env: io.env, now: io.now });
  using _log = host.onLog((level, text) => complain(session, `${level}: ${text}`));
  await using _schedule = startSchedule(host);
  await (port === null ? serveStdio(session, host) : serveHttp(session, host, port));
}

async function serveStdio(session: Session, host: McpHost): Promise<void> {
  const { guardStdout } = await import('../../mcp/stdout-guard.ts');
  const { runStdio } = await import('../../mcp/stdio.ts');
  const { stdin, stdout, stderr, signal } = session.io;
  using guard = guardStdout(stdout, stderr);
  await runStdio(host, { stdin, protocol: guard.protocol, signal, onError: text => complain(session, text) });
}

async function serveHttp(session: Session, host: McpHost, port: number): Promise<void> {
  const { loadToken } = await import('../../mcp/http/token.ts');
  const { listen } = await import('../../mcp/http/listen.ts');
  const { home, io } = session;
  await session.makeHome();
  const token = await loadToken(home, io.env);
  await using server = await listen(host, port, token, text => complain(session, text));
  if (session.json) await session.outJson({ url: server.url, token_from: token.from });
  else await session.out(server.url);
  await session.note(`the token is in ${token.from}; Ctrl-C ends the server`);
  await new Promise<void>(done => {
    if (io.signal.aborted) done();
    io.signal.addEventListener('abort', () => done(), { once: true });
  });
}

/** What a client does wrong, and what clients are told anyway, is no business of the user's unless they look for it. */
function complain(session: Session, text: string): void {
  if (session.options.verbose) void tell(session.io.stderr, `memport: ${visible(text.slice(0, 1000))}\n`);
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new MemportError('usage', `--http can't be ${JSON.stringify(text)}`, {
    hint: 'it is the number of a port, or 0 for a free one',
  });
}

async function printConfig(session: Session, name: string): Promise<void> {
  const { CLIENTS, clientConfig, PLACES, programFor } = await import('../../mcp/client-config.ts');
  const client = CLIENTS.find(known => known === name);
  if (client === undefined) {
    throw new MemportError('usage', `--print-config can't be ${JSON.stringify(name)}`, {
      hint: `it is one of ${CLIENTS.join(', ')}`,
    });
  }
  const { options, io, home } = session;
  const { home: chosen = io.env.MEMPORT_HOME, store } = options;
  const args = [
    'mcp',
    ...(chosen ? ['--home', home.path] : []),
    ...(store ? ['--store', resolve(io.cwd, store)] : []),
  ];
  const program = await programFor(client, process.argv[1] ?? '', io.env.PATH, args);
  const text = clientConfig(client, program);
  if (session.json) await session.outJson({ client, ...program, config: text });
  else await session.out(text);
  await session.note(PLACES[client]);
}
