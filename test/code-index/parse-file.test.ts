import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Parser } from 'web-tree-sitter';
import { type ParsedFile, parseFile } from '../../src/code-index/parse-file.ts';
import { EXPECTED, type ExpectedUnit } from './expected-units.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/code/${name}`, import.meta.url));

async function parsed(name: string, bytes: Buffer | string): Promise<ParsedFile> {
  const file = await parseFile(name, Buffer.from(bytes));
  if (typeof file === 'string') throw new Error(`${name} was skipped: ${file}`);
  return file;
}

function listed({ units }: ParsedFile): readonly ExpectedUnit[] {
  return units.map(({ startLine, endLine, type, name, complexity, doc }) => {
    const unit = [`${startLine}-${endLine}`, type, name, complexity] as const;
    return doc === null ? unit : [...unit, doc];
  });
}

describe('the units of a file', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, { language, imports, units }) => {
    const file = await parsed(name, fixture(name));
    expect(file.language).toBe(language);
    expect(file.imports).toEqual(imports);
    expect(listed(file)).toEqual(units);
    expect(file.isBroken).toBe(name === 'broken.py');
  });

  it.each(Object.keys(EXPECTED))('%s: content is the bytes of the place that is named', async name => {
    const bytes = fixture(name);
    for (const unit of (await parsed(name, bytes)).units) {
      const { type, startByte, endByte, content, startLine } = unit;
      if (type === 'module' && startByte === 0) continue;
      expect(bytes.subarray(startByte, endByte).toString()).toBe(content);
      expect(bytes.subarray(0, startByte).toString().split('\n')).toHaveLength(startLine);
    }
  });

  it.each(Object.keys(EXPECTED))(
    '%s: the same with CRLF, with a byte order mark and behind other characters',
    async name => {
      const text = fixture(name).toString();
      const expected = listed(await parsed(name, text));
      expect(listed(await parsed(name, text.replaceAll('\n', '\r\n')))).toEqual(expected);
      const marked = await parsed(name, `\ufeff${text}`);
      expect(listed(marked)).toEqual(expected);
      expect(marked.units.find(({ start }) => start === 0)?.startByte ?? 3).toBe(3);
    },
  );
});

describe('signatures', () => {
  const signatures = async (name: string) =>
    new Map((await parsed(name, fixture(name))).units.map(unit => [unit.name, unit.signature]));

  it('are what stands before the body, on one line, without decorators and attributes', async () => {
    const ts = await signatures('cart.ts');
    expect(ts.get('Cart')).toBe('export class Cart<T extends Price> extends Base implements Store');
    expect(ts.get('round')).toBe('export const round = (price: number): number');
    expect(ts.get('Lines')).toBe('export type Lines = readonly Price[]');
    const python = await signatures('greenhouse.py');
    expect(python.get('Pump')).toBe('class Pump(Base)');
    expect(python.get('Pump.stop')).toBe('async def stop(self)');
    expect((await signatures('pool.rs')).get('Pool.grow')).toBe('pub async fn grow(&mut self)');
    expect((await signatures('Ledger.java')).get('Ledger')).toBe('public class Ledger<T> extends Book');
    expect((await signatures('ring.c')).get('ring_new')).toBe('static ring_t *ring_new(int size)');
    expect((await signatures('notes.md')).get('Garden > Vents')).toBe('## Vents');
  });
});

describe('places', () => {
  it('count bytes of UTF-8, not characters', async () => {
    const text = '# 日本語 😀 é\ndef é():\n\treturn "😀"\n\n\ndef after(): pass\n';
    const { units } = await parsed('a.py', text);
    for (const { startByte, endByte, content } of units) {
      expect(Buffer.from(text).subarray(startByte, endByte).toString()).toBe(content);
    }
    expect(units.map(({ name, startLine, endLine }) => [name, startLine, endLine])).toEqual([
      ['é', 2, 3],
      ['after', 6, 6],
    ]);
  });

  it('count bytes of Latin-1, and of UTF-16 with its mark', async () => {
    const text = '# \u00e9\u00e8\ndef after(): pass\n';
    const latin1 = await parsed('a.py', Buffer.from(text, 'latin1'));
    expect([latin1.encoding, latin1.units[0]?.startByte, latin1.units[0]?.doc]).toEqual([
      'latin1',
      5,
      '\u00e9\u00e8',
    ]);
    const utf16 = await parsed('a.py', Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect([utf16.encoding, utf16.units[0]?.startByte, utf16.units[0]?.endByte]).toEqual([
      'utf-16le',
      12,
      46,
    ]);
  });
});

describe('what is outside of functions and classes', () => {
  const module = async (name: string) =>
    (await parsed(name, fixture(name))).units.find(unit => unit.type === 'module');

  it('is a unit of the file, without the text of the others', async () => {
    const unit = await module('greenhouse.py');
    expect(unit?.content).toContain('START = os.environ.get("START")');
    expect(unit?.content).not.toContain('def ');
    expect((await module('cart.ts'))?.content).toContain(
      "JSON.parse(fs.readFileSync('config.json', 'utf8'))",
    );
  });

  it('is none where there is nothing but imports, namespaces and comments', async () => {
    expect(await module('badge.tsx')).toBeUndefined();
    expect(await module('Invoice.cs')).toBeUndefined();
  });

  it('is the whole of a file without units', async () => {
    const { units } = await parsed('a.js', '// only\nimport "x";\n');
    expect(units.map(({ type, name, content }) => [type, name, content])).toEqual([
      ['module', 'a.js', '// only\nimport "x";\n'],
    ]);
  });
});

describe('texts that go wrong', () => {
  it('cost the broken part only', async () => {
    const { units, isBroken } = await parsed(
      'a.ts',
      'function a() {}\nconst = 1 +;\nfunction b() { return 1; }\n',
    );
    expect(isBroken).toBe(true);
    expect(units.map(({ name }) => name)).toContain('a');
    expect(units.map(({ name }) => name)).toContain('b');
  });

  it('may be nested as deeply as they like', async () => {
    const deep = 20_000;
    const brackets = await parsed(
      'a.py',
      `x = ${'[\n'.repeat(deep)}${']\n'.repeat(deep)}\ndef after(): pass\n`,
    );
    expect(brackets.units.at(-1)?.name).toBe('after');
    const ifs = await parsed('a.c', `int f() {\n${'if (a) {\n'.repeat(deep)}${'}\n'.repeat(deep)}}\n`);
    expect(ifs.units[0]?.complexity).toBe(deep + 1);
    const functions = Array.from({ length: 500 }, (_, n) => `function f${n}() {\n`).join('');
    const nested = await parsed('a.js', functions + '}\n'.repeat(500));
    expect(nested.units).toHaveLength(8);
    const lists = await parsed('a.md', `${'* '.repeat(deep)}x\n${'> '.repeat(deep)}y\n# End\n`);
    expect(lists.units.at(-1)?.name).toBe('End');
  });

  it.each([
    ['nothing', 'a.py', '', 'empty'],
    ['blank lines', 'a.py', ' \n\n', 'empty'],
    ['a NUL', 'a.py', 'def a():\n\0', 'binary'],
    ['bytes of no text', 'a.py', Buffer.from([0x80, 0x01, 0x02, 0xff]), 'binary'],
    ['half a character of UTF-16', 'a.py', Buffer.from([0xff, 0xfe, 0x41]), 'binary'],
    ['a mark of a generator', 'a.go', '// Code generated by x. DO NOT EDIT.\npackage a\n', 'generated'],
    ['another mark', 'a.py', '"""@generated by y"""\n', 'generated'],
    ['one huge line', 'a.js', `var a=1;${'a();'.repeat(2000)}`, 'generated'],
  ])('are skipped: %s', async (_what, name, bytes, reason) => {
    expect(await parseFile(name, Buffer.from(bytes))).toBe(reason);
  });

  it('are not taken for generated when they only speak of it', async () => {
    const long = 'words '.repeat(2000);
    expect((await parsed('a.md', `# DO NOT EDIT\n\n${long}`)).units[0]?.name).toBe('DO NOT EDIT');
    expect((await parsed('LICENSE', `# @generated\n${long}`)).units).toHaveLength(1);
    expect((await parsed('a.js', 'const text = "DO NOT EDIT";\n')).units).toHaveLength(1);
  });
});

it('takes any other text as one unit', async () => {
  const { language, units } = await parsed('conf/app.yaml', 'a: 1\nb: 2\n');
  expect(language).toBe('yaml');
  expect(units).toMatchObject([
    { type: 'file', name: 'app.yaml', content: 'a: 1\nb: 2\n', startLine: 1, endLine: 2 },
  ]);
});

it.each([
  ['runs out of memory', () => raise('memory access out of bounds')],
  ['gives up', () => null],
])('takes a file as one unit, and for broken, when its parser %s', async (_what, parse) => {
  const spy = vi.spyOn(Parser.prototype, 'parse').mockImplementation(parse);
  onTestFinished(() => spy.mockRestore());
  const { units, isBroken } = await parsed('a.py', 'def a(): pass\n');
  expect(isBroken).toBe(true);
  expect(units).toMatchObject([{ type: 'file', name: 'a.py', content: 'def a(): pass\n', endLine: 1 }]);
});

function raise(message: string): never {
  throw new Error(message);
}
