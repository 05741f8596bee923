import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runBinary, startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { document, linesOfScript, scriptsOf } from '../support/documents.ts';
import { EmbeddingServer } from '../support/embedding-server.ts';

const README = document('README.md');
const MANIFEST = JSON.parse(document('package.json')) as { scripts: Record<string, string> };

/** Command lines that no test here types, and who does instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': 'demo.test.ts plays the demo; npm ci needs the network',
  'npm ci && npm test': 'this is the run',
  'npm install --global memport': 'package.test.ts packs, installs and starts it',
};
/** What the tests below have typed. */
const typed = new Set<string>();

/** The lines of the scripts under a heading. */
function linesUnder(heading: string): readonly string[] {
  const lines = scriptsOf(README)
    .filter(block => block.heading === heading)
    .flatMap(({ text }) => linesOfScript(text));
  if (lines.length === 0) throw new Error(`no script under ${heading}`);
  return lines;
}

/** The words of a command line that quotes with `"` at most, after `memport`. */
function argumentsOf(line: string): readonly string[] {
  const [program, ...args] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  expect(program).toBe('memport');
  return args;
}

/** Types the line, with other words where `adapt` has them, in that home; its output. It must end well. */
async function type(
  line: string,
  home: string,
  adapt: (word: string) => string = word => word,
): Promise<string> {
  const { code, stdout, stderr } = await startBinary(argumentsOf(line).map(adapt), home).ended;
  expect({ line, code, stderr }).toMatchObject({ code: 0 });
  typed.add(line);
  return stdout.toString();
}

/** So many first characters of the id of the last memory added that no other id begins with them. */
function oneOf(outputs: ReadonlyMap<string, string>): string {
  const added = [...outputs].filter(([line]) => line.startsWith('memport add')).map(([, id]) => id.trim());
  const last = added.at(-1) ?? '';
  return (
    Array.from(last, (_, i) => last.slice(0, i)).find(
      prefix => prefix.length >= 4 && added.filter(id => id.startsWith(prefix)).length === 1,
    ) ?? last
  );
}

describe('the README', () => {
  test('names the two commands to begin with, and they exist', () => {
    for (const [line, script] of [
      ['npm ci && npm run demo', 'demo'],
      ['npm ci && npm test', 'test'],
    ] as const) {
      expect(README).toContain(`\`\`\`sh\n${line}\n\`\`\``);
      expect(MANIFEST.scripts).toHaveProperty(script);
    }
  });

  test('[GOAL-08] every command line of "Use" works, in this order, in a new home', async () => {
    const home = scratch();
    const outputs = new Map<string, string>();
    for (const line of linesUnder('Use'))
      outputs.set(line, await type(line, home, word => (word === '0199c0de' ? oneOf(outputs) : word)));
    const output = (start: string): string =>
      [...outputs].find(([line]) => line.startsWith(start))?.[1] ?? '';
    expect(output('memport list --project shop')).toContain('Prices are stored in cents');
    expect(output('memport search')).toContain('Prices are stored in cents');
    expect(output('memport update')).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(output('memport import backup.tar.gz --dry-run')).toContain('2 unchanged');
    expect(output('memport status --digest')).toMatch(/digest: +sha256:[0-9a-f]{64}/);
    for (const name of ['backup.tar.gz', 'notes.json', 'notes/index.md'])
      expect(existsSync(join(home, name))).toBe(true);
  });

  test('every command line of "Vectors" works, with the service that the second block names', async () => {
    await using service = await EmbeddingServer.start({ model: 'nomic-embed-text' });
    const home = scratch();
    expect(runBinary(['add', 'Prices are stored in cents.'], home).code).toBe(0);
    const [first = [], second = []] = scriptsOf(README)
      .filter(({ heading }) => heading === 'Vectors')
      .map(({ text }) => linesOfScript(text));
    // The model of the first block would have to come over the network; transformers-embedder.test.ts makes vectors.
    for (const line of first.filter(line => line.startsWith('memport config'))) await type(line, home);
    const adapt = (word: string): string => (word === 'http://localhost:11434/v1' ? service.url : word);
    for (const line of second) await type(line, home, adapt);
    expect(service.asked.flatMap(({ texts }) => texts)).toContain('Prices are stored in cents.');
    expect(first.filter(line => !typed.has(line))).toEqual([]);
  });

  test('every command line of "Code" works, in this order', async () => {
    const home = scratch();
    const tree = join(home, 'src', 'shop');
    mkdirSync(join(tree, 'src'), { recursive: true });
    writeFileSync(join(tree, 'src', 'price.ts'), 'export function parsePrice(text: string): number {}\n');
    const adapt = (word: string): string => word.replace(/^~/, home);
    for (const line of linesUnder('Code')) {
      if (line.endsWith(' --watch')) {
        const { child, ended } = startBinary(argumentsOf(line).map(adapt), home);
        child.stderr?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('watching')) child.kill('SIGINT');
        });
        expect((await ended).code).toBe(130);
        typed.add(line);
      } else {
        const output = await type(line, home, adapt);
        expect(output).toMatch(line.startsWith('memport search-code') ? /parsePrice/ : /shop/);
      }
    }
  });

  test('every command line of "Undo, restore, compare" works, in this order', async () => {
    const home = scratch();
    expect(runBinary(['add', 'Prices are stored in cents.'], home).code).toBe(0);
    expect(runBinary(['export', 'backup.tar.gz'], home).code).toBe(0);
    const [id = ''] =
      runBinary(['list', '--json'], home)
        .stdout.toString()
        .match(/[0-9a-f-]{36}/) ?? [];
    expect(runBinary(['delete', id, '--yes'], home).code).toBe(0);
    expect(runBinary(['import', 'backup.tar.gz'], home).code).toBe(0);
    for (const line of linesUnder('Undo, restore, compare')) {
      const output = await type(line, home);
      if (line === 'memport operations') expect(output).toContain('import');
      if (line === 'memport undo') expect(runBinary(['list'], home).stdout.toString()).toBe('');
    }
    expect(runBinary(['list'], home).stdout.toString()).toContain('Prices are stored in cents.');
  });

  test('[P8-04] [P3-09] every command line of "Back up" and "Encrypt" works, in this order', async () => {
    const home = scratch();
    expect(runBinary(['add', 'Prices are stored in cents.'], home).code).toBe(0);
    for (const line of ['Back up', 'Encrypt'].flatMap(linesUnder)) await type(line, home);
    const settings = runBinary(['config', 'show', '--json'], home).stdout.toString();
    for (const [name] of README.matchAll(/\bbackup_[a-z_]+/g)) expect(settings).toContain(`"${name}"`);
  });

  test('no command line is left out', () => {
    const lines = scriptsOf(README).flatMap(({ text }) => linesOfScript(text));
    expect(lines.filter(line => !typed.has(line) && !(line in ELSEWHERE))).toEqual([]);
    expect(Object.keys(ELSEWHERE).filter(line => !lines.includes(line))).toEqual([]);
  });
});
