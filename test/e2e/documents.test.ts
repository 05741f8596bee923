import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';

const document = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const MANIFEST = JSON.parse(document('package.json')) as {
  version: string;
  scripts: Record<string, string>;
};

describe('[P8-01] the changelog', () => {
  const changelog = document('CHANGELOG.md');
  const sections = [...changelog.matchAll(/^## (.*)$/gm)].map(match => match[1] ?? '');

  test('is in the form of Keep a Changelog', () => {
    expect(changelog).toMatch(/^# Changelog\n/);
    expect(changelog).toContain('(https://keepachangelog.com/en/1.1.0/)');
    expect(sections[0]).toBe('[Unreleased]');
    const released = sections.slice(1);
    expect(released.length).toBeGreaterThan(0);
    for (const section of released) expect(section).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
    const dates = released.map(section => section.slice(-10));
    expect(dates).toEqual(dates.toSorted().reverse());
    for (const [, kind] of changelog.matchAll(/^### (.*)$/gm))
      expect(kind).toMatch(/^(Added|Changed|Deprecated|Removed|Fixed|Security)$/);
  });

  test('tells what is in the version of the package', () => {
    const start = changelog.indexOf(`\n## [${MANIFEST.version}] - `);
    expect(start).toBeGreaterThan(0);
    const [, ...lines] = changelog.slice(start + 1).split('\n');
    const end = lines.findIndex(line => line.startsWith('## '));
    const section = lines.slice(0, end < 0 ? undefined : end);
    expect(section.filter(line => line.startsWith('- ')).length).toBeGreaterThan(0);
  });
});

/** The lines of the first code block under a heading of the README. */
function blockUnder(heading: string): readonly string[] {
  const [, after = ''] = document('README.md').split(`\n${heading}\n`);
  const [, block = ''] = /```sh\n(.*?)```/s.exec(after) ?? [];
  return block.split('\n').filter(line => line !== '');
}

/** The words of a command line that quotes with `"` at most. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
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
    const readme = document('README.md');
    for (const [line, script] of [
      ['npm ci && npm run demo', 'demo'],
      ['npm ci && npm test', 'test'],
    ] as const) {
      expect(readme).toContain(`\`\`\`sh\n${line}\n\`\`\``);
      expect(MANIFEST.scripts).toHaveProperty(script);
    }
  });

  test('every setting that it changes can be changed so', () => {
    const home = scratch();
    const lines = document('README.md').match(/^memport config set .*$/gm) ?? [];
    expect(lines.length).toBeGreaterThanOrEqual(5);
    for (const line of lines) {
      const { code, stderr } = runBinary(wordsOf(line).slice(1), home);
      expect({ line, code, stderr }).toMatchObject({ code: 0 });
    }
  });

  test('[GOAL-08] every command line of "Use" works, in this order, in a new home', () => {
    const home = scratch();
    const run = (...args: string[]) => {
      const { code, stdout, stderr } = runBinary(args, home);
      expect({ line: args.join(' '), code, stderr }).toMatchObject({ code: 0 });
      return stdout.toString('utf8');
    };
    const lines = blockUnder('## Use');
    expect(lines.length).toBeGreaterThanOrEqual(10);
    const outputs = new Map<string, string>();
    for (const line of lines) {
      const [program, ...args] = wordsOf(line);
      expect(program).toBe('memport');
      outputs.set(line, run(...args.map(word => (word === '0199c0de' ? oneOf(outputs) : word))));
    }
    const output = (start: string): string =>
      [...outputs].find(([line]) => line.startsWith(start))?.[1] ?? '';
    expect(output('memport list --project shop')).toContain('Prices are stored in cents');
    expect(output('memport search')).toContain('Prices are stored in cents');
    expect(output('memport update')).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(output('memport import backup.tar.gz --dry-run')).toContain('2 unchanged');
    expect(output('memport status --digest')).toMatch(/digest: +sha256:[0-9a-f]{64}/);
    for (const name of ['backup.tar.gz', 'notes.json']) expect(existsSync(join(home, name))).toBe(true);
  });

  test('[P8-04] [P3-09] every command line of "Back up" and "Encrypt" works, in this order', () => {
    const home = scratch();
    expect(runBinary(['add', 'Prices are stored in cents.'], home).code).toBe(0);
    const lines = ['### Back up', '### Encrypt'].flatMap(blockUnder);
    expect(lines.length).toBeGreaterThanOrEqual(10);
    for (const line of lines) {
      const { code, stderr } = runBinary(wordsOf(line).slice(1), home);
      expect({ line, code, stderr }).toMatchObject({ code: 0 });
    }
    const settings = runBinary(['config', 'show', '--json'], home).stdout.toString();
    for (const [name] of document('README.md').matchAll(/\bbackup_[a-z_]+/g))
      expect(settings).toContain(`"${name}"`);
  });
});
