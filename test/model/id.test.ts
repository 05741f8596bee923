import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adoptId, derivedId, idBytes, idFromBytes, isId, newId } from '../../src/model/id.ts';

describe('newId', () => {
  it('is a UUIDv7 that holds its time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), ms => {
        const id = newId(ms);
        expect(isId(id)).toBe(true);
        expect(id[14]).toBe('7');
        expect('89ab').toContain(id[19]);
        expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(ms);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 2 ** 41 }), { minLength: 2 }), times => {
        const ids = times.sort((a, b) => a - b).map(ms => newId(ms));
        expect([...ids].sort()).toEqual(ids);
      }),
    );
  });

  it('takes its randomness from the caller', () => {
    const id = newId(0x0198c0de1234, size => new Uint8Array(size).fill(0xff));
    expect(id).toBe('0198c0de-1234-7fff-bfff-ffffffffffff');
    expect(newId(1)).not.toBe(newId(1));
  });
});

describe('derivedId', () => {
  // Computed with Python: uuid.uuid5(uuid.UUID('5a7e2d0c-9f0b-5c1e-8a55-6d656d706f72'), name)
  it.each([
    ['', '110206ad-8ce7-59df-a563-52408967b861'],
    ['a', '4bbcef69-9e4b-5ad0-9bf5-c35288315bb4'],
    ['claude-memory-server:mem_1', '7216cf1b-72da-5359-bb0f-7646d882149a'],
    ['café ☕', '75ce0f6e-388d-54d7-87c8-cb08ffcbaf71'],
    ['𝄞', '5597b94f-aa2e-5963-9253-1187025385b9'],
  ])('of %j is what any other UUIDv5 says', (name, id) => {
    expect(derivedId(name)).toBe(id);
  });

  it('tells names apart that are no valid Unicode', () => {
    expect(derivedId('\ud800')).not.toBe(derivedId('\ud801'));
  });
});

describe('adoptId', () => {
  const uuid = '0198c0de-1234-7fff-bfff-0123456789ab';

  it.each([uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), uuid.replaceAll('-', '').toUpperCase()])(
    'keeps the value of %s',
    spelling => {
      expect(adoptId(spelling, 'other')).toEqual({ id: uuid, original: null });
    },
  );

  it.each([
    'mem_1',
    '',
    `{${uuid}}`,
    `urn:uuid:${uuid}`,
    `${uuid}\n`,
    uuid.slice(1),
    `${uuid.slice(0, -1)}g`,
  ])('derives an id of %j', foreign => {
    expect(adoptId(foreign, 'other')).toEqual({ id: derivedId(`other:${foreign}`), original: foreign });
    expect(adoptId(foreign, 'system').id).not.toBe(adoptId(foreign, 'other').id);
  });
});

describe('ids', () => {
  it('are lower-case and hyphenated', () => {
    expect(isId('0198c0de-1234-7fff-bfff-0123456789ab')).toBe(true);
    expect(isId('0198C0DE-1234-7fff-bfff-0123456789ab')).toBe(false);
    expect(isId('0198c0de12347fffbfff0123456789ab')).toBe(false);
    expect(isId('')).toBe(false);
  });

  it('have 16 bytes', () => {
    expect(idBytes('0198c0de-1234-7fff-bfff-0123456789ab').toString('hex')).toBe(
      '0198c0de12347fffbfff0123456789ab',
    );
  });

  it('come back from their bytes', () => {
    const id = '0198c0de-1234-7fff-bfff-0123456789ab';
    expect(idFromBytes(idBytes(id))).toBe(id);
  });
});
