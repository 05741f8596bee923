import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { parseExactJson } from '../../src/model/json-parse.ts';
import { openStore } from '../../src/store/open.ts';
import type { StoredEntry } from '../../src/store/store.ts';
import { ok, scratch } from '../support/cli.ts';
import { digestOf, summaryOf } from '../support/stores.ts';

const FULL = fileURLToPath(new URL('../fixtures/claude-memory-server/full.json', import.meta.url));
const AGES = ['newer', 'older', 'equal'] as const;
type Age = (typeof AGES)[number];
const DAY = 86_400_000;

interface Original extends Record<string, unknown> {
  readonly updated_at: string;
  readonly embedding: readonly number[];
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}
// Numbers beyond 2^53 lose digits here; these are the records that are there before, where it does not matter.
const DOCUMENT = JSON.parse(readFileSync(FULL, 'utf8')) as { readonly memories: readonly Original[] };

/** The memory as another machine has it: every field that people and assistants change is another. */
function edited(memory: Original, age: Age): Original {
  const shift = { newer: DAY, older: -DAY, equal: 0 }[age];
  // A naive date is UTC.
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(memory.updated_at) ? memory.updated_at : `${memory.updated_at}Z`;
  return {
    ...memory,
    content: `${String(memory.content)} Edited here.`,
    tags: [...memory.tags, `was-${age}`],
    importance: 0.125,
    lifecycle_state: 'STALE',
    metadata: { ...memory.metadata, here: age },
    embedding: memory.embedding.toReversed(),
    updated_at: shift === 0 ? memory.updated_at : new Date(Date.parse(zoned) + shift).toISOString(),
  };
}

/** A home with the whole of `full.json`, each memory edited and of this age beside that of the file. */
async function homeWith(age: Age): Promise<string> {
  const home = scratch();
  const path = join(home, 'here.json');
  writeFileSync(
    path,
    JSON.stringify({ ...DOCUMENT, memories: DOCUMENT.memories.map(memory => edited(memory, age)) }),
  );
  await ok(['import', path], { home });
  return home;
}

async function entriesOf(home: string): Promise<ReadonlyMap<string, StoredEntry>> {
  await using store = await openStore({ path: join(home, 'memport.db'), readonly: true });
  const entries = new Map<string, StoredEntry>();
  for (const kind of ['memory', 'code_unit'] as const) {
    const page = await store.scan(kind, { after: null, limit: 100 });
    const ids = page.map(({ id }) => id);
    for (const entry of await store.get(kind, ids)) entries.set(entry.id, entry);
  }
  return entries;
}

const fieldsOf = (entry: StoredEntry | undefined): JsonObject =>
  parseExactJson(entry?.line ?? 'null') as JsonObject;

test.each(
  AGES.flatMap(age => (['keep-newer', 'keep-older'] as const).map(strategy => [age, strategy] as const)),
)(
  'each memory of full.json against one that is %s, %s: which stands, field by field',
  async (age, strategy) => {
    const [home, pure] = [await homeWith(age), scratch()];
    await ok(['import', FULL], { home: pure });
    const [before, digest, ofFile] = [await entriesOf(home), await digestOf(home), await entriesOf(pure)];
    expect(before.size).toBe(31);

    const args = ['import', FULL, '--merge-strategy', strategy, '--json'];
    const report = summaryOf(await ok(args, { home }));
    const after = await entriesOf(home);
    expect([...after.keys()]).toEqual([...ofFile.keys()]);
    const memories = [...after.values()].filter(entry => fieldsOf(entry).unit_type === undefined);
    expect(memories).toHaveLength(28);

    // Code goes by when it was indexed, which the edit left alone: equal, so the stored unit stays.
    const replaced = age === 'older' && strategy === 'keep-newer';
    for (const [id, entry] of after) {
      const isMemory = memories.includes(entry);
      const expected = replaced && isMemory ? ofFile.get(id) : before.get(id);
      const [fields, wanted] = [fieldsOf(entry), fieldsOf(expected)];
      expect(Object.keys(fields)).toEqual(Object.keys(wanted));
      for (const name of Object.keys(wanted))
        expect([id, name, fields[name]]).toEqual([id, name, wanted[name]]);
      expect(entry.line).toBe(expected?.line);
      expect(entry.vector).toEqual(expected?.vector);
    }
    expect(report).toMatchObject({ total: 31, created: 0, rejected: 0, updated: replaced ? 28 : 0 });
    expect(Number(report.updated) + Number(report.skipped)).toBe(31);

    if (!replaced) {
      expect(await digestOf(home)).toBe(digest);
      return;
    }
    await ok(['undo'], { home });
    expect(await digestOf(home)).toBe(digest);
  },
);
