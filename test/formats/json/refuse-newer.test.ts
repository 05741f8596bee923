import { expect, test } from 'vitest';
import { refuseNewer, versionOf } from '../../../src/formats/json/refuse-newer.ts';

test('a newer major version is refused; any other fault of versions is damage', () => {
  expect(() => refuseNewer({ version: '2.0.0' })).toThrowError(
    expect.objectContaining({ code: 'newer_version' }),
  );
  expect(() => refuseNewer({ version: [1] })).not.toThrow();
  expect(() => refuseNewer({})).not.toThrow();
});

test('a version that is no version is empty', () => {
  expect(versionOf({ version: '1.0.0' }, 'version')).toBe('1.0.0');
  expect(versionOf({ version: ['1.0.0'] }, 'version')).toBe('');
  expect(versionOf({ schema_version: { a: 1 } }, 'schema_version')).toBe('');
});
