import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentDigest, LINE_SEPARATOR } from '../../src/model/digest.ts';

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const id = (n: number): string => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;

describe('ContentDigest', () => {
  it('of nothing is this', () => {
    const empty = sha256('');
    const text = `memport content digest 1\nmemory 0 ${empty}\ncode_unit 0 ${empty}\n`;
    expect(new ContentDigest().finish()).toBe(`sha256:${sha256(text)}`);
    // Frozen: backups of users hold it.
    expect(new ContentDigest().finish()).toBe(
      'sha256:e97b7c380f68b645f5018292bf039dd99dcc841e7cfa94dfadc6c4669316f7b9',
    );
  });

  it('is the sha256 of the text that its contract describes', () => {
    const digest = new ContentDigest();
    digest.lines('memory', ['{"id":1}', '{"id":2}']);
    digest.lines('code_unit', ['{"id":3}']);
    const vectors = digest.vectors('memory', 'm"1', 2);
    vectors.ids(Buffer.from(id(1) + id(2)));
    vectors.data(new Uint8Array(16).fill(7));
    const text = [
      'memport content digest 1',
      `memory 2 ${sha256('{"id":1},\n{"id":2}')}`,
      `memory-vectors "m\\"1" 2 2 ${sha256(id(1) + id(2))} ${sha256(new Uint8Array(16).fill(7))}`,
      `code_unit 1 ${sha256('{"id":3}')}`,
      '',
    ].join('\n');
    expect(digest.finish()).toBe(`sha256:${sha256(text)}`);
  });

  it('is the same wherever pages end, and as lines or as bytes', () => {
    const pages = fc.array(fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(pages, paged => {
        const whole = new ContentDigest();
        whole.lines('memory', paged.flat());
        const parts = new ContentDigest();
        for (const page of paged) parts.lines('memory', page);
        const raw = new ContentDigest();
        raw.bytes('memory', Buffer.from(paged.flat().join(LINE_SEPARATOR)), paged.flat().length);
        expect(parts.recordCount('memory')).toBe(paged.flat().length);
        const expected = whole.finish();
        expect(parts.finish()).toBe(expected);
        expect(raw.finish()).toBe(expected);
      }),
    );
  });

  it('does not depend on the order in which groups of vectors come', () => {
    const groups = [
      ['memory', 'b', 3],
      ['memory', null, 3],
      ['memory', 'null', 3],
      ['memory', 'b', 2],
      ['memory', 'b', 10],
      ['code_unit', 'a', 3],
    ] as const;
    fc.assert(
      fc.property(fc.shuffledSubarray([...groups], { minLength: groups.length }), order => {
        const of = (list: readonly (typeof groups)[number][]): string => {
          const digest = new ContentDigest();
          for (const [kind, model, dimensions] of list) {
            const group = digest.vectors(kind, model, dimensions);
            expect(digest.vectors(kind, model, dimensions)).toBe(group);
            group.ids(Buffer.from(id(dimensions)));
            group.data(Buffer.from(`${model}`));
          }
          return digest.finish();
        };
        expect(of(order)).toBe(of(groups));
      }),
    );
  });

  it('passes over groups without vectors', () => {
    const digest = new ContentDigest();
    digest.vectors('memory', 'm', 3);
    expect(digest.finish()).toBe(new ContentDigest().finish());
  });

  it('changes with every part', () => {
    const build = (change: Partial<Record<'line' | 'kind' | 'model' | 'id' | 'data', string>>): string => {
      const digest = new ContentDigest();
      digest.lines(change.kind === undefined ? 'memory' : 'code_unit', [change.line ?? 'line']);
      const group = digest.vectors('memory', change.model ?? 'm', 1);
      group.ids(Buffer.from(change.id ?? id(1)));
      group.data(Buffer.from(change.data ?? 'data'));
      return digest.finish();
    };
    const changes = [{}, { line: 'x' }, { kind: 'x' }, { model: 'x' }, { id: id(2) }, { data: 'x' }];
    expect(new Set(changes.map(build)).size).toBe(changes.length);
  });
});
