import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, test } from 'vitest';
import { contentBlock, readContent } from '../../../src/formats/markdown/content-block.ts';
import { codeUnitLanguage, memoryLanguage } from '../../../src/formats/markdown/language.ts';
import { isPlain } from '../../../src/formats/markdown/plain.ts';
import { inlineText, memoryTitle } from '../../../src/formats/markdown/title.ts';
import { codeUnitRecord } from '../../../src/model/code-unit.ts';
import { memoryRecord } from '../../../src/model/memory.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { aCodeUnit, aMemory } from '../../support/records.ts';
import { HOSTILE, sectionOf, text } from './generated.ts';

/** The text that a reader of Markdown shows. */
function shown(node: unknown): string {
  const { value, children = [] } = node as { value?: string; children?: readonly unknown[] };
  return value ?? children.map(shown).join('');
}

function typesIn(node: unknown): readonly string[] {
  const { type, children = [] } = node as { type: string; children?: readonly unknown[] };
  return [type, ...children.flatMap(typesIn)];
}

describe('[P2-01] the section of a memory', () => {
  test('has a heading, every field and the text', () => {
    const memory = aMemory({ content: 'Use tabs.\n\nIn Go, that is.', tags: ['go'], metadata: { n: 1 } });
    expect(sectionOf('memory', memoryRecord(memory), memoryEntry(memory, null).line)).toMatch(
      /^## Use tabs\.\n\n```yaml memport-memory sha256=[0-9a-f]{64}\nid: 0{8}-.*\ncategory: fact\ntags: \[go\]\n[\s\S]*metadata:\n {2}n: 1\n```\n\nUse tabs\.\n\nIn Go, that is\.\n$/,
    );
  });

  test('is one heading, one block of metadata and one content to any reader of Markdown', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('fact', 'code'), (content, category) => {
        const record = { ...memoryRecord(aMemory({ content })), category };
        const before = fromMarkdown(sectionOf('memory', record, '')).children.map(({ type }) => type);
        expect(before.slice(0, 2)).toEqual(['heading', 'code']);
        const page = `${sectionOf('memory', record, '')}\n## After\n\nNext.\n`;
        const { children } = fromMarkdown(page);
        expect(children.slice(-2).map(node => [node.type, shown(node)])).toEqual([
          ['heading', 'After'],
          ['paragraph', 'Next.'],
        ]);
        const content_ = children.slice(2, -2);
        expect(content_.every(({ type }) => ['paragraph', 'list', 'blockquote', 'code'].includes(type))).toBe(
          true,
        );
        expect(content_.filter(({ type }) => type === 'code').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a content', () => {
  test('comes back just as it was', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(null, 'python', 'yaml', 'json'), (content, language) => {
        expect(readContent(contentBlock(content, language).split('\n'))).toEqual({ content });
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    'A sentence.',
    'Two\nlines, and\n\na paragraph.',
    '- a\n- b',
    '1. `x < y`',
    'See https://example.org/a_b.',
  ])('that is harmless stands as it is: %j', content => expect(contentBlock(content, null)).toBe(content));

  test.each(HOSTILE.filter(piece => /^(?:#{1,2} |`{3}|~~~|---|<|\[|!|%%|title|\*\*\*)/.test(piece)))(
    'that could break the page is fenced: %j',
    piece => expect(isPlain(`Before.\n\n${piece}\nAfter.`)).toBe(false),
  );

  test('that stands as it is holds nothing but text, emphasis, code, lists and quotes', () => {
    const pieces = [
      'a',
      ' ',
      '\n',
      '- ',
      '1. ',
      '2) ',
      '42',
      '7.',
      '#',
      '>',
      '`',
      '*',
      '_',
      '=',
      '<b>',
      '[x]',
      '(y)',
    ];
    const allowed = /^(?:root|paragraph|text|emphasis|strong|inlineCode|break|list|listItem|blockquote)$/;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), parts => {
        const content = parts.join('');
        if (isPlain(content))
          expect(typesIn(fromMarkdown(content)).filter(type => !allowed.test(type))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('is fenced by more backticks than are in it', () => {
    expect(contentBlock('````\nx\n````', 'js')).toBe('`````js memport-content\n````\nx\n````\n`````');
  });

  test('of Windows keeps its line ends', () => {
    expect(contentBlock('a\r\nb\r\n', 'bat')).toBe('```bat memport-content crlf\na\nb\n\n```');
  });

  test('that no text file holds is JSON, a line for a line', () => {
    expect(contentBlock('a\0\nb\ud800\u2028', null)).toBe(
      '```json memport-content strings\n"a\\u0000\\n"\n"b\\ud800\\u2028"\n```',
    );
  });

  test.each<[string, string]>([
    ['```text memport-content\nx', 'not closed'],
    ['```text memport-content\nx\n```\nmore', 'behind the fence'],
    ['```json memport-content strings\n"a"\nb\n```', 'no JSON string'],
    ['```json memport-content strings\n1\n```', 'no JSON string'],
  ])('that is damaged is told: %j', (block, wrong) => {
    expect(readContent(block.split('\n'))).toMatchObject({ wrong: expect.stringContaining(wrong) });
  });

  test('in a fence of the user keeps the fence', () => {
    expect(readContent(['', '```js', 'x', '```', ''])).toEqual({ content: '```js\nx\n```' });
  });
});

describe('a title', () => {
  test('shows as what it is, and has no more than it shows', () => {
    fc.assert(
      fc.property(text, content => {
        const title = memoryTitle({ content, id: '00000000-0000-7000-8000-000000000001' });
        const [heading, ...rest] = fromMarkdown(`## ${inlineText(title)}\n`).children;
        expect([heading?.type, rest]).toEqual(['heading', []]);
        expect(shown(heading)).toBe(title);
        expect(title).toMatch(/\S/);
        expect([...title].length).toBeLessThanOrEqual(72);
      }),
      { numRuns: 1000 },
    );
  });

  test('of a long text does not depend on what stands before its first letter', () => {
    const characters = fc.constantFrom(...'a'.repeat(30), ...'Z0 .-_é', ...':*`\n');
    fc.assert(
      fc.property(fc.array(characters, { minLength: 71, maxLength: 90 }), parts => {
        const content = `a${parts.join('')}`;
        expect(memoryTitle({ content })).toBe(memoryTitle({ content: ` ${content}` }));
      }),
      { numRuns: 1000 },
    );
  });

  test('is the first line that says something', () => {
    expect(memoryTitle({ content: '---\n# **Use** `tabs` :smile: \u202e\n' })).toBe('Use tabs smile');
    expect(memoryTitle({ content: '\n \u200b\n', id: '0199c0de-0000' })).toBe('Memory 0199c0de');
    expect(memoryTitle({ content: `${'word '.repeat(30)}` })).toMatch(/word…$/);
  });
});

test('a member of a code unit that memories have keeps what is usual in them', () => {
  const record = { ...codeUnitRecord(aCodeUnit()), provenance: { confidence: 0.8 } };
  expect(sectionOf('code_unit', record, '')).toContain('\nprovenance:\n  confidence: 0.8\n');
});

describe('[P2-04] code has its language', () => {
  test.each<[Record<string, unknown>, string | null]>([
    [{ category: 'fact', metadata: { language: 'go' } }, null],
    [{ category: 'code', metadata: { language: 'go' } }, 'go'],
    [{ category: 'code', metadata: { language: 'no language!', file_path: 'src/a.PY' } }, 'python'],
    [{ category: 'code', metadata: { file: 'a.tsx' } }, 'tsx'],
    [{ category: 'code', metadata: {}, provenance: { file_context: ['README', 'x.rs'] } }, 'rust'],
    [{ category: 'code', metadata: { file_path: 'x.constructor' } }, 'text'],
    [{ category: 'code' }, 'text'],
  ])('%j', (record, language) => expect(memoryLanguage(record as never)).toBe(language));

  test('of a code unit is its own', () => {
    expect(codeUnitLanguage({ language: 'c++', file_path: 'a.py' })).toBe('c++');
    expect(codeUnitLanguage({ language: 'two words', file_path: 'a.py' })).toBe('python');
    const record = codeUnitRecord(aCodeUnit({ name: 'Runner.run' }));
    expect(sectionOf('code_unit', record, '')).toMatch(
      /^## Runner\.run \(src\/main\.py:1-3\)\n[\s\S]*\n```python memport-content\ndef main\(\):\n {4}pass\n\n```\n$/,
    );
  });
});
