import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { connectBinary } from '../support/mcp.ts';

const DOCUMENT = readFileSync(new URL('../../docs/mcp.md', import.meta.url), 'utf8');

/** A call of the conversation in the document, with what it is answered. */
interface Turn {
  readonly tool: string;
  readonly args: string;
  readonly answer: string;
}

function turns(): readonly Turn[] {
  const [, conversation = ''] = /\n## A conversation\n(.*?)\n## /s.exec(DOCUMENT) ?? [];
  const found = conversation.matchAll(/\n`(\w+)`\n\n```json\n(.*?)```\n\n```text\n(.*?)\n```/gs);
  return [...found].map(([, tool = '', args = '', answer = '']) => ({ tool, args, answer }));
}

/** Names of the document for what only turns out when it is played, `<memory 1>` and so on. */
class Names {
  readonly #values = new Map<string, string>();

  fill(text: string): string {
    return text.replaceAll(/<[a-z]+( \d)?>/g, name => this.#values.get(name) ?? name);
  }

  /** Checks an answer, where `…` is anything, and learns the names that are new in it. */
  learn(expected: string, answer: string): void {
    const names: string[] = [];
    const pattern = this.fill(expected)
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('…', '[\\s\\S]*')
      .replaceAll(/<[a-z]+( \d)?>/g, name => {
        names.push(name);
        return '([0-9a-f-]{36})';
      });
    const found = new RegExp(`^${pattern}$`).exec(answer);
    expect({ expected, answer, found: found !== null }).toMatchObject({ found: true });
    names.forEach((name, i) => {
      this.#values.set(name, found?.[i + 1] ?? '');
    });
  }
}

const content = (home: string, words: string): string =>
  runBinary(['list', '--json', '--all'], home)
    .stdout.toString()
    .split('\n')
    .find(line => line.includes(words)) ?? '';

test('the conversation of the documentation goes as it is written', async () => {
  const home = scratch();
  const server = await connectBinary(home);
  const names = new Names();
  const tools: string[] = [];
  for (const { tool, args, answer } of turns()) {
    const { text, isError } = await server.call(
      tool,
      JSON.parse(names.fill(args)) as Record<string, unknown>,
    );
    expect({ tool, isError, text }).toMatchObject({ isError: false });
    names.learn(answer, text);
    tools.push(tool);
    if (tool === 'restore_from_backup' && tools.filter(name => name === tool).length === 2)
      expect(content(home, 'Prices are stored')).toContain('never as floats');
  }
  expect(tools).toEqual([
    ...['store_memory', 'store_memory', 'store_memory', 'search_memories', 'export_memories'],
    ...['update_memory', 'restore_from_backup', 'restore_from_backup', 'undo_operation'],
  ]);
  expect(content(home, 'Prices are stored')).toContain('Prices are stored as floats.');
}, 60_000);

describe('the documentation', () => {
  test('lists every tool with every argument', async () => {
    const { client } = await connectBinary(scratch());
    const filters = ['project', 'category', 'tags', 'since', 'until'];
    for (const { name, inputSchema } of (await client.listTools()).tools) {
      const [, cell = ''] = new RegExp(`^\\| \`${name}\` \\| (.*?) \\|`, 'm').exec(DOCUMENT) ?? [];
      const named = [...cell.matchAll(/`(\w+)`/g)].map(([, argument]) => argument);
      const documented = [...named, ...(cell.includes('filters') ? filters : [])];
      expect({ name, documented: documented.sort() }).toEqual({
        name,
        documented: Object.keys(inputSchema.properties ?? {}).sort(),
      });
    }
  });

  test('names the set-ups that --print-config prints', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    for (const text of [DOCUMENT, readme]) {
      expect(text).toContain('claude mcp add --scope user memport -- memport mcp');
      for (const client of ['claude-desktop', 'cursor', 'vscode'])
        expect(text).toContain(`memport mcp --print-config ${client}`);
    }
  });

  test.each(['claude-desktop', 'cursor', 'vscode'])(
    'what --print-config %s prints starts a server',
    async client => {
      const home = scratch();
      const printed = runBinary(['mcp', '--print-config', client], home);
      expect(printed.code).toBe(0);
      const config = JSON.parse(printed.stdout.toString()) as Record<
        string,
        { memport: { command: string; args: string[] } }
      >;
      const { memport } = config.mcpServers ?? config.servers ?? { memport: { command: '', args: [] } };
      const server = await connectBinary(home, { program: memport });
      await server.ok('store_memory', { content: 'x' });
      expect(content(home, '"x"')).not.toBe('');
    },
  );
});
