import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const ROW = /^\| ([A-Z]\d+) \| (.+?) \| (.+) \|$/gm;
const CITATION = /`([^`]+)` “([^”]+)”/g;
/** How many faults each section has. */
const SECTIONS = { B: 14, C: 15, D: 18, E: 8 };

const rows = [...readFileSync(join(ROOT, 'docs/pitfalls.md'), 'utf8').matchAll(ROW)];

test('docs/pitfalls.md has a row for every fault, in order', () => {
  const ids = Object.entries(SECTIONS).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, n) => `${section}${n + 1}`),
  );
  expect(rows.map(([, id]) => id)).toEqual(ids);
});

test.each(rows.map(([, id = '', , proof = '']) => [id, proof]))(
  '%s: the tests that it cites exist',
  (_, proof) => {
    const citations = [...proof.matchAll(CITATION)];
    expect(citations.length).toBeGreaterThan(0);
    for (const [, file = '', title = ''] of citations)
      expect(readFileSync(join(ROOT, file), 'utf8'), file).toContain(`'${title}'`);
  },
);
