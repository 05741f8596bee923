import { describe, expect, test } from 'vitest';
import { LEGACY_MIGRATIONS, legacySteps } from '../../../src/formats/legacy/migrations.ts';
import { SHAPES } from '../../../src/formats/legacy/shapes.ts';
import { MEMPORT_MIGRATIONS } from '../../../src/formats/migrations/memport.ts';
import {
  type Migration,
  migrate,
  migrationName,
  planMigrations,
} from '../../../src/formats/migrations/migration.ts';
import type { SourceRecord } from '../../../src/formats/source.ts';
import { RecordError } from '../../../src/model/read-fields.ts';

const RECORD: SourceRecord = {
  type: 'record',
  kind: 'memory',
  position: 7,
  value: { id: 'a', trail: '' },
  line: null,
  vector: null,
  warnings: [],
};

/** A step that leaves its mark. */
function step(from: string, to: string): Migration {
  return {
    from,
    to,
    describe: `${from} to ${to}`,
    apply: record => ({ ...record, value: { ...record.value, trail: `${record.value.trail}${from}>` } }),
  };
}

const REGISTRY = [step('x 2', 'x 3'), step('x 1', 'x 2'), step('y 1', 'x 2')];

describe('planMigrations', () => {
  test('finds the way from any shape, wherever its steps stand in the registry', () => {
    const names = (from: string) => planMigrations(REGISTRY, from, 'x 3')?.map(migrationName);
    expect(names('x 1')).toEqual(['x 1 → 2', 'x 2 → 3']);
    expect(names('y 1')).toEqual(['y 1 → x 2', 'x 2 → 3']);
    expect(names('x 3')).toEqual([]);
  });

  test('is null where there is no way, also where steps run in a circle', () => {
    expect(planMigrations(REGISTRY, 'z 1', 'x 3')).toBe(null);
    expect(planMigrations(REGISTRY, 'x 1', 'x 9')).toBe(null);
    expect(planMigrations([step('x 1', 'x 2'), step('x 2', 'x 1')], 'x 1', 'x 3')).toBe(null);
  });
});

describe('migrate', () => {
  test('applies the steps in order and leaves the given record as it is', () => {
    const steps = planMigrations(REGISTRY, 'x 1', 'x 3') ?? [];
    expect(migrate(steps, RECORD, {})).toMatchObject({ position: 7, value: { id: 'a', trail: 'x 1>x 2>' } });
    expect(RECORD.value).toEqual({ id: 'a', trail: '' });
  });

  test('makes a reject of what a step refuses, with the record as it was before all steps', () => {
    const refusing: Migration = {
      ...step('x 3', 'x 4'),
      apply: () => {
        throw new RecordError('too old');
      },
    };
    const expected = {
      type: 'reject',
      kind: 'memory',
      position: 7,
      id: 'a',
      reason: 'too old',
      text: '{"id":"a","trail":""}',
    };
    expect(migrate([...REGISTRY, refusing], RECORD, {})).toEqual(expected);
    const nameless = { ...RECORD, value: { id: null }, line: '{"id": null}' };
    expect(migrate([refusing], nameless, {})).toMatchObject({ id: null, text: '{"id": null}' });
    expect(migrate([refusing], { ...RECORD, value: { id: 1 } }, {})).toMatchObject({ id: '1' });
  });

  test('does not hide that a step is wrong', () => {
    const wrong: Migration = {
      ...step('x 1', 'x 2'),
      apply: () => {
        throw new TypeError('bug');
      },
    };
    expect(() => migrate([wrong], RECORD, {})).toThrow(TypeError);
  });
});

describe('the registries', () => {
  test('every shape of the original leads to that of memport, by one step from each', () => {
    for (const shape of Object.values(SHAPES)) expect(legacySteps(shape), shape).not.toBe(null);
    const froms = LEGACY_MIGRATIONS.map(({ from }) => from);
    expect(new Set(froms).size).toBe(froms.length);
    expect(LEGACY_MIGRATIONS.every(({ describe }) => describe !== '')).toBe(true);
    expect(legacySteps(SHAPES.sqliteV2First).map(migrationName)).toEqual([
      'claude-memory-server sqlite-v2-first → sqlite-v2',
      'claude-memory-server sqlite-v2 → 3.0.0',
      'claude-memory-server 3.0.0 → memport 3.0',
    ]);
    expect(() => legacySteps('claude-memory-server 9')).toThrow(RangeError);
  });

  test('memport has written one shape so far', () => expect(MEMPORT_MIGRATIONS).toEqual([]));
});
