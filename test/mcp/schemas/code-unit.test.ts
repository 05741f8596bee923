import { expect, test } from 'vitest';
import { codeLineOf, viewCodeUnit } from '../../../src/mcp/schemas/code-unit.ts';
import { aCodeUnit } from '../../support/records.ts';

test('a unit without signature and doc is told by its first line that says something', () => {
  const unit = aCodeUnit({ signature: null, doc: null, content: '\n\n  a first line\nand more' });
  const view = viewCodeUnit(unit, null);
  expect(view).toMatchObject({ signature: null, doc: null, root_path: null, content_truncated: false });
  expect(codeLineOf(view)).toMatch(/: {3}a first line$/);
  expect(codeLineOf({ ...view, content: '' })).toMatch(/: $/);
});

test('what is long is cut, and said to be, also where only the doc is', () => {
  const long = 'x'.repeat(1001);
  const view = viewCodeUnit(aCodeUnit({ signature: long, doc: long, content: 'short' }), '/p');
  expect([view.signature?.length, view.doc?.length, view.content]).toEqual([1000, 1000, 'short']);
  expect(view).toMatchObject({ content_truncated: true, content_length: 5, root_path: '/p' });
});
