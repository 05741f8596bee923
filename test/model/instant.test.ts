import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  formatInstant,
  instantFromMilliseconds,
  isTooFine,
  parseInstant,
} from '../../src/model/instant.ts';

const MIN = -62_135_596_800_000_000n;
const MAX = 253_402_300_799_999_999n;

describe('instant', () => {
  it('survives writing and reading, from the year 1 to 9999', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: MIN, max: MAX }), instant => {
        const text = formatInstant(instant);
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z$/);
        expect(parseInstant(text)).toBe(instant);
        expect(isTooFine(text)).toBe(false);
      }),
    );
  });

  it('is written in the order of time', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: MIN / 1000n, max: MAX / 1000n }), fc.bigInt(1n, 10_000n), (ms, later) => {
        fc.pre((ms + later) * 1000n <= MAX);
        const [a, b] = [formatInstant(ms * 1000n + 1n), formatInstant((ms + later) * 1000n + 1n)];
        expect(a < b).toBe(true);
      }),
    );
  });

  it.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1n, '1970-01-01T00:00:00.000001Z'],
    [1000n, '1970-01-01T00:00:00.001Z'],
    [-1n, '1969-12-31T23:59:59.999999Z'],
    [-1_000_000n, '1969-12-31T23:59:59Z'],
    [-1_500_001n, '1969-12-31T23:59:58.499999Z'],
    [MIN, '0001-01-01T00:00:00Z'],
    [MAX, '9999-12-31T23:59:59.999999Z'],
    [1_709_164_800_000_000n, '2024-02-29T00:00:00Z'],
  ])('writes %d as %s', (instant, text) => {
    expect(formatInstant(instant)).toBe(text);
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    ['2025-11-17T10:30:00+05:30', '2025-11-17T05:00:00Z'],
    ['2025-11-17T10:30:00-0800', '2025-11-17T18:30:00Z'],
    ['2025-11-17T10:30:00+02', '2025-11-17T08:30:00Z'],
    ['1890-01-01T00:00:00+00:53:28', '1889-12-31T23:06:32Z'],
    ['2025-11-17T10:30:00-00:00', '2025-11-17T10:30:00Z'],
    ['2025-11-17t10:30:00z', null],
    ['2025-11-17 10:30:00 +01:00', '2025-11-17T09:30:00Z'],
    ['2025-11-17T10:30:00z', '2025-11-17T10:30:00Z'],
    ['2025-11-17T10:30:00', '2025-11-17T10:30:00Z'],
    ['2025-11-17 10:30:00.25', '2025-11-17T10:30:00.250Z'],
    ['2025-11-17T10:30:00,5Z', '2025-11-17T10:30:00.500Z'],
    ['2025-11-17T10:30', '2025-11-17T10:30:00Z'],
    ['2025-11-17', '2025-11-17T00:00:00Z'],
    ['2025-11-17T10:30:00.123456789Z', '2025-11-17T10:30:00.123456Z'],
    ['1969-12-31T23:59:59.9999999Z', '1969-12-31T23:59:59.999999Z'],
  ])('reads %s as %s', (text, expected) => {
    const instant = parseInstant(text);
    expect(instant === null ? null : formatInstant(instant)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '2025',
    '2025-11',
    '20251117',
    '2025-02-29',
    '2025-04-31',
    '2025-13-01',
    '2025-00-10',
    '2025-01-00',
    '0000-12-31',
    '12025-01-01',
    '2025-01-01T24:00:00Z',
    '2025-01-01T23:60:00Z',
    '2025-12-31T23:59:60Z',
    '2025-01-01T10:00:00+24:00',
    '2025-01-01T10:00:00+01:60',
    '2025-01-01T10:00:00+01:00:60',
    '2025-01-01T10:00:00.Z',
    '2025-01-01Z',
    ' 2025-01-01',
    '2025-01-01\n',
    '２０２５-01-01',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('refuses %j', text => {
    expect(parseInstant(text)).toBeNull();
  });

  it('reads the edges that an offset brings back into range', () => {
    expect(parseInstant('0001-01-01T01:00:00+01:00')).toBe(MIN);
    expect(parseInstant('9999-12-31T22:59:59.999999-01:00')).toBe(MAX);
  });

  it('tells digits that are lost from those that are not', () => {
    expect(isTooFine('2025-11-17T10:30:00.1234567Z')).toBe(true);
    expect(isTooFine('2025-11-17T10:30:00.000000001Z')).toBe(true);
    expect(isTooFine('2025-11-17T10:30:00.123456000Z')).toBe(false);
    expect(isTooFine('2025-11-17')).toBe(false);
    expect(isTooFine('no date')).toBe(false);
  });

  it('is made of milliseconds', () => {
    expect(instantFromMilliseconds(1_763_375_400_123)).toBe(1_763_375_400_123_000n);
    expect(instantFromMilliseconds(-1)).toBe(-1000n);
  });
});

describe('advance', () => {
  it('goes to now, or just past what was, and never past the last instant', () => {
    expect(advance(5n, 9n)).toBe(9n);
    expect(advance(9n, 5n)).toBe(10n);
    const last = parseInstant('9999-12-31T23:59:59.999999Z') ?? 0n;
    expect(advance(last, 5n)).toBe(last);
  });

  it('what could not be read back is not written', () => {
    const last = parseInstant('9999-12-31T23:59:59.999999Z') ?? 0n;
    expect(() => formatInstant(last + 1n)).toThrow(RangeError);
    expect(() => formatInstant((parseInstant('0001-01-01') ?? 0n) - 1n)).toThrow(RangeError);
  });
});
