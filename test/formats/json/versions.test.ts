import { describe, expect, it } from 'vitest';
import { checkVersions, versionText } from '../../../src/formats/json/versions.ts';
import { type JsonObject, NumberToken } from '../../../src/model/json.ts';

const GOOD = { version: '1.0.0', schema_version: '3.0.0' };
const notes = (header: JsonObject) => checkVersions({ ...GOOD, ...header });

describe('checkVersions', () => {
  it.each([
    {},
    { version: '1.0.0-beta' },
    { version: 1 },
    { version: new NumberToken('1.0') },
    { schema_version: '3.0.1' },
  ])('reads %j without a note', header => expect(notes(header)).toEqual([]));

  it.each([
    [{ schema_version: '3.1.0' }, /"3.1.0" is newer than 3.0/],
    [{ version: '1.7' }, /"1.7" is newer than 1.0/],
    [{ schema_version: '2.0.0' }, /"2.0.0" is older than 3.0/],
    [{ version: null }, /has no version/],
    [{ version: '' }, /has no version/],
  ])('reads %j with a note', (header, note) => {
    expect(notes(header)).toEqual([expect.stringMatching(note)]);
  });

  it.each([
    { version: '2.0.0' },
    { version: 2 },
    { version: '10' },
    { schema_version: '4.0.0' },
    { schema_version: new NumberToken('4.0') },
  ])('refuses %j as newer', header =>
    expect(() => notes(header)).toThrow(expect.objectContaining({ code: 'newer_version' })),
  );

  it.each([
    { version: 'one' },
    { version: true },
    { version: {} },
    { schema_version: ['3'] },
    { version: '-1' },
  ])('refuses %j as no version, without a crash', header =>
    expect(() => notes(header)).toThrow(expect.objectContaining({ code: 'integrity' })),
  );

  it('does not take a version from a prototype', () => {
    expect(versionText(Object.create({ version: '9' }), 'version')).toBe('');
  });
});
