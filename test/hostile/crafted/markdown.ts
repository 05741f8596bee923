import { type Crafted, harmless, MIB, refused } from './crafted.ts';

const FRONT = '---\ngenerator: memport 0.1.0\nversion: 1.0.0\n';

export function markdown(): Crafted[] {
  const laughs = [
    'a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]',
    ...'bcdefghi'.split('').map((name, n) => `${name}: &${name} [${`*${'abcdefgh'[n]},`.repeat(9)}]`),
  ].join('\n');
  const page = (what: string, body: () => string, isLarge = false): Crafted =>
    harmless(`Markdown: ${what}`, () => `${FRONT}---\n\n# Page\n\n${body()}\n`, isLarge);
  const section = (what: string, body: () => string, isLarge = false): Crafted =>
    page(`a section of ${what}`, () => `## Note\n\n${body()}\n`, isLarge);
  const marked = (yaml: string): string => `\`\`\`yaml memport-memory\n${yaml}\n\`\`\`\n\ntext`;
  return [
    refused('Markdown: a front matter of aliases', () => `${FRONT}${laughs}\n---\n\n## Note\n\ntext\n`),
    refused('Markdown: a front matter without an end', () => FRONT + 'a: b\n'.repeat(1_000_000)),
    refused(
      'Markdown: a front matter nested deeply',
      () => `${FRONT}a: ${'['.repeat(50_000)}\n---\n\n## Note\n`,
    ),
    {
      ...refused('Markdown: a newer version', () => `${FRONT.replace('1.0.0', '99.0.0')}---\n\n## Note\n`),
      fate: 'newer',
    },
    page('metadata of aliases', () => `## Note\n\n${marked(laughs)}`),
    page('metadata nested deeply', () => `## Note\n\n${marked(`a: ${'{a: '.repeat(20_000)}`)}`),
    page(
      'metadata of tags of YAML',
      () => `## Note\n\n${marked('a: !!js/function "function(){}"\nb: !!binary AAAA')}`,
    ),
    page(
      'metadata with __proto__',
      () => `## Note\n\n${marked('__proto__:\n  polluted: true\nconstructor:\n  polluted: true')}`,
    ),
    page('a hundred thousand sections', () => '## n\n\nx\n\n'.repeat(100_000), true),
    section('a hundred thousand lists, one in the other', () => '- '.repeat(100_000)),
    section('a hundred thousand quotes, one in the other', () => '> '.repeat(100_000)),
    section('a hundred thousand brackets', () => '['.repeat(100_000)),
    section('a hundred thousand stars', () => '*a **b '.repeat(20_000)),
    section('a million back ticks', () => Array.from({ length: 1400 }, (_, n) => '`'.repeat(n)).join(' ')),
    section('a fence that is never closed', () => `\`\`\`${'x'.repeat(1000)}\n${'y\n'.repeat(100_000)}`),
    section('a heading of megabytes', () => `## ${'h'.repeat(2 * MIB)}`),
    section('entities', () => '&amp;lt;'.repeat(100_000)),
    page('one line of a hundred megabytes', () => 'x'.repeat(100 * MIB), true),
  ];
}
