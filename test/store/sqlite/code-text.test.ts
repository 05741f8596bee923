import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_CODE } from '../../../src/model/code-filter.ts';
import { codeUnitEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import { codeText, sameCodeText, storedCodeText, withParts } from '../../../src/store/sqlite/code-text.ts';
import { put } from '../../contract/place.ts';
import { scratch } from '../../support/cli.ts';
import { aCodeUnit } from '../../support/records.ts';

test('of a stored line is that of its record; what is no text there is none', () => {
  const { record, line } = codeUnitEntry(aCodeUnit(), null);
  expect(sameCodeText(storedCodeText(line), codeText(record))).toBe(true);
  expect(storedCodeText('{"name":5,"content":"x"}')).toEqual(['', '', '', 'x']);
  expect(storedCodeText('null')).toEqual(['', '', '', '']);
});

test('names in camel case have their parts beside them, but for what is too long for a name', () => {
  expect(withParts('parseHTTPHeader of snake_case')).toBe('parseHTTPHeader parse HTTP Header of snake_case');
  const data = 'aB'.repeat(200);
  expect(withParts(data)).toBe(data);
});

test('a store that is only staged keeps the units, and no text to search by', async () => {
  const entry = codeUnitEntry(aCodeUnit(), null);
  const found = async (staging: boolean) => {
    await using store = await openStore({ path: join(scratch(), 'memport.db'), staging });
    await put(store, entry);
    expect(await store.get('code_unit', [entry.record.id])).toMatchObject([{ line: entry.line }]);
    return await store.searchCodeText(entry.record.name, ALL_CODE, 5);
  };
  expect(await found(false)).toHaveLength(1);
  expect(await found(true)).toEqual([]);
});
