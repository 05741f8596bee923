import fc from 'fast-check';
import { lineHash, sectionText, titleOf } from '../../../src/formats/markdown/section.ts';
import type { CodeUnit } from '../../../src/model/code-unit.ts';
import type { Instant } from '../../../src/model/instant.ts';
import { type JsonObject, type JsonValue, NumberToken } from '../../../src/model/json.ts';
import {
  CATEGORIES,
  CONTEXT_LEVELS,
  LIFECYCLE_STATES,
  type Memory,
  PROVENANCE_SOURCES,
  SCOPES,
} from '../../../src/model/memory.ts';
import { codeUnitEntry, type Entry, memoryEntry, type RecordKind } from '../../../src/model/record.ts';
import { aCodeUnit, aMemory, idOf } from '../../support/records.ts';

/** The section of a record. */
export function sectionOf(kind: RecordKind, record: JsonObject, line: string): string {
  return sectionText({ kind, record, title: titleOf(kind, record), sha256: lineHash(line) });
}

/** Pieces of text that a page could be broken by. */
export const HOSTILE = [
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  ' ',
  '  \n',
  '\t',
  '```\n',
  '```yaml memport-memory sha256=0\nid: x\n```\n',
  '`````js memport-content\n',
  '~~~~\n',
  '    indented',
  '# one\n',
  '## two\n',
  '### three',
  '   ## two\n',
  '##',
  'title\n===\n',
  'title\n---\n',
  '---\n',
  '---\ntitle: x\ngenerator: memport 1\n---\n',
  '***\n',
  '<!-- memport-records\n',
  '<!--',
  '-->\n',
  '<div>\n',
  '<b>',
  '</details>',
  '[a]: http://x\n',
  '[a](b.md)',
  '![i](http://x/y.png)',
  '[[note]]',
  '%%',
  '$$',
  '$1 and $2',
  '[^1]',
  '> quote\n',
  '- item\n',
  '  - nested\n',
  '10. ten\n',
  '| a | b |\n|---|---|\n',
  '*x*',
  '__y__',
  '`code`',
  '&amp;',
  '\\',
  '<<<<<<< HEAD\n',
  '>>>>>>> x\n',
  '\0',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\u202e',
  '\ud800',
  '\udc00x',
  '😀',
  'שלום',
  '日本語',
  'e\u0301',
  '\u3164',
  '#tag',
  ':smile:',
  'https://example.org/_a_',
  'word',
  'A sentence, and more.',
] as const;

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 8 }).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom(' ', '\n', '\r\n\r\n', 'x', '-', '#', '0', 'null', 'true', '~', '2026-01-01'),
);

export const projectName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '..',
    'CON',
    'a/b',
    '.git',
    '\u3164',
    '\u200b',
    'Shop',
    'shop',
    'SHOP',
    'global',
    'index',
    'ß',
    'ss',
  ),
  text.map(name => [...name].slice(0, 200).join('')),
);

/** Where a text may also be empty. */
const anyText = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constant('') });
/** Now and then a megabyte of it. */
const content = fc.oneof(
  { weight: 200, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...HOSTILE).map(piece => piece.repeat(Math.ceil(2 ** 20 / piece.length))),
  },
);

export const key = fc.oneof(
  fc.constantFrom('a', 'source', '__proto__', 'constructor', 'null', 'a b', '', 'content'),
  text,
);
export const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>(null, true, false, 0, -1, 0.1, 1e21, 1e-7),
    fc
      .constantFrom('9007199254740993', '-0', '1.0', '1e400', '0.10', '-1E5')
      .map(digits => new NumberToken(digits)),
    text,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const object = fc.dictionary(key, json, { maxKeys: 3, noNullPrototype: true });
export const instant: fc.Arbitrary<Instant> = fc.oneof(
  fc.bigInt(-62_135_596_800_000_000n, 253_402_300_799_999_999n),
  fc.constantFrom(
    -62_135_596_800_000_000n,
    -1n,
    0n,
    1n,
    1_767_225_600_000_000n,
    1_767_225_600_000_001n,
    253_402_300_799_999_999n,
  ),
);
const extra = object.map(members =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [`x ${name}`, value])),
);
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });

const memory: fc.Arbitrary<Partial<Memory>> = fc.record(
  {
    content,
    category: fc.constantFrom(...CATEGORIES),
    contextLevel: fc.constantFrom(...CONTEXT_LEVELS),
    lifecycleState: fc.constantFrom(...LIFECYCLE_STATES),
    importance: fc.constantFrom(0, 0.1, 0.5, 1, 0.30000000000000004),
    tags: fc.array(anyText, { maxLength: 3 }),
    metadata: object,
    provenance: fc.record({
      source: fc.constantFrom(...PROVENANCE_SOURCES),
      createdBy: orNull(anyText),
      lastConfirmed: orNull(instant),
      confidence: fc.constantFrom(0.8, 0, 1),
      verified: fc.boolean(),
      conversationId: orNull(anyText),
      fileContext: fc.array(anyText, { maxLength: 2 }),
      notes: orNull(anyText),
      extra,
    }),
    createdAt: instant,
    updatedAt: instant,
    lastAccessed: instant,
    embeddingModel: orNull(anyText),
    extra,
  },
  { requiredKeys: ['content'] },
);

const codeUnit: fc.Arbitrary<Partial<CodeUnit>> = fc.record({
  projectName: projectName.filter(name => name !== ''),
  filePath: text,
  language: fc.oneof(fc.constantFrom('python', 'c++', 'yaml', 'json'), text),
  unitType: fc.oneof(fc.constantFrom('function', 'class'), text),
  startLine: fc.nat(),
  endLine: fc.nat(),
  startByte: orNull(fc.nat()),
  endByte: orNull(fc.nat()),
  fileHash: orNull(anyText),
  name: anyText,
  signature: orNull(anyText),
  content: fc.oneof(content, fc.constant('')),
  doc: orNull(anyText),
  imports: fc.array(json, { maxLength: 2 }),
  complexity: fc.constantFrom(null, 1, 2.5),
  metadata: object,
  indexedAt: instant,
  extra,
});

/** Records with ids of their own, in no particular order. */
export const entries: fc.Arbitrary<readonly Entry[]> = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.tuple(
          fc.constant('memory' as const),
          memory,
          orNull(fc.oneof({ weight: 9, arbitrary: projectName }, { weight: 1, arbitrary: fc.constant('') })),
          fc.constantFrom(...SCOPES),
        ),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant('code_unit' as const), codeUnit) },
    ),
    { maxLength: 8 },
  )
  .map(made =>
    made.map((parts, n): Entry => {
      const id = idOf(n);
      if (parts[0] === 'code_unit') return codeUnitEntry(aCodeUnit({ ...parts[1], id }), null);
      const [, fields, projectName, wanted] = parts;
      const scope = projectName ? wanted : 'global';
      return memoryEntry(aMemory({ ...fields, id, projectName, scope }), null);
    }),
  );
