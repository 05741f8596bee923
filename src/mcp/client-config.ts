import { realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export const CLIENTS = ['claude-code', 'claude-desktop', 'cursor', 'vscode'] as const;
export type Client = (typeof CLIENTS)[number];

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Where a client keeps what `clientConfig` gives, or how it is run. */
export const PLACES: Readonly<Record<Client, string>> = {
  'claude-code': 'run this in a terminal',
  'claude-desktop': 'put this into claude_desktop_config.json (Settings, Developer, Edit Config)',
  cursor: 'put this into ~/.cursor/mcp.json, or into .cursor/mcp.json of a project',
  vscode: 'put this into .vscode/mcp.json, or run "MCP: Open User Configuration" and put it there',
};

/** What sets a client up to start the program, exactly as it takes it. */
export function clientConfig(client: Client, program: Program): string {
  const server = { command: program.command, args: program.args };
  switch (client) {
    case 'claude-code':
      return [
        'claude mcp add --scope user memport --',
        ...[program.command, ...program.args].map(quoted),
      ].join(' ');
    case 'vscode':
      return json({ servers: { memport: { type: 'stdio', ...server } } });
    default:
      return json({ mcpServers: { memport: server } });
  }
}

/**
 * How a client starts this very program. By its short name where the search path leads to it, but not for a desktop
 * program, which knows no search path of a shell: that gets the whole paths of Node and of the script.
 */
export async function programFor(
  client: Client,
  script: string,
  path: string | undefined,
  args: readonly string[],
): Promise<Program> {
  const real = await realpath(script);
  if (client !== 'claude-desktop' && (await found('memport', path)) === real)
    return { command: 'memport', args };
  return { command: process.execPath, args: [real, ...args] };
}

async function found(name: string, path = ''): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    const real = folder === '' ? null : await realpath(join(folder, name)).catch(() => null);
    if (real !== null) return real;
  }
  return null;
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
