import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { indexProject } from '../../src/code-index/indexer.ts';
import { withOwnIds } from '../../src/code-index/own-ids.ts';
import { parseRecordLine } from '../../src/model/json-parse.ts';
import { readCodeUnit } from '../../src/model/read-code-unit.ts';
import { codeUnitEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { lines, put } from '../contract/place.ts';
import { scratch } from '../support/cli.ts';
import { aCodeUnit, idOf } from '../support/records.ts';
import { tree } from './tree.ts';

it('gives another id to those alone whose id is taken', async () => {
  const units = [aCodeUnit({ id: idOf(1) }), aCodeUnit({ id: idOf(2) }), aCodeUnit({ id: idOf(3) })];
  const taken = codeUnitEntry(aCodeUnit({ id: idOf(2), projectName: 'other' }), null);
  await using store = await openStore({ path: join(scratch(), 'memport.db') });
  await put(store, taken);
  const given = await withOwnIds(units, new Set([idOf(3)]), store);
  expect(given.map(({ id }) => id)).toEqual([idOf(1), expect.not.stringMatching(idOf(2)), idOf(3)]);
  expect(await withOwnIds(units, new Set([idOf(3)]), store)).toEqual(given);
});

it('an index run leaves alone the units that a renamed project brought in under the same ids', async () => {
  const store = await openStore({ path: join(scratch(), 'memport.db') });
  onTestFinished(() => store.close());
  const root = tree({ 'a.py': 'def f():\n  pass\n\ndef f():\n  return 1\n' });
  const request = { store, root, project: 'shop', embedder: null, nowMs: 1_000_000 };
  await indexProject(request);
  const own = await lines(store, 'code_unit');
  const renamed = own.map(line => {
    const unit = readCodeUnit(parseRecordLine(line), { system: 'memport', warn: () => {} });
    return codeUnitEntry({ ...unit, projectName: 'store' }, null);
  });
  await put(store, ...renamed);
  const kept = await lines(store, 'code_unit');
  expect(kept).toHaveLength(2);

  expect(await indexProject(request)).toMatchObject({ units: 2, units_added: 2 });
  const all = await lines(store, 'code_unit');
  expect(all).toHaveLength(4);
  expect(all).toEqual(expect.arrayContaining([...kept]));

  expect(await indexProject({ ...request, nowMs: 2_000_000, all: true })).toMatchObject({
    units_added: 0,
    units_changed: 0,
    units_removed: 0,
  });
  expect(await lines(store, 'code_unit')).toEqual(all);
});
