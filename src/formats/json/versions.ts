import { MemportError } from '../../errors.ts';
import { type JsonObject, type JsonValue, NumberToken } from '../../model/json.ts';

/** The newest versions of container and records that this program reads. */
const KNOWN = { version: [1, 0], schema_version: [3, 0] } as const;
export type VersionName = keyof typeof KNOWN;
const VERSION = /^(\d{1,9})(?:\.(\d{1,9}))?(?![\d])/;

/** The newest shape of records, as `major.minor`. */
export const SCHEMA = KNOWN.schema_version.join('.');

/** The shape that a schema version stands for, as `major.minor`, where it is older than today's; else null. */
export function olderSchema(version: string): string | null {
  const found = VERSION.exec(version);
  if (!found) return null;
  const [major, minor] = [Number(found[1]), Number(found[2] ?? '0')];
  const [knownMajor, knownMinor] = KNOWN.schema_version;
  const isOlder = major < knownMajor || (major === knownMajor && minor < knownMinor);
  return isOlder ? `${major}.${minor}` : null;
}

/** A version as text, also where a file gives it as a number; empty where it has none. */
export function versionText(header: JsonObject, name: VersionName): string {
  const value: JsonValue = Object.hasOwn(header, name) ? (header[name] ?? null) : null;
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value instanceof NumberToken) return value.text;
  throw new MemportError('integrity', `${name} is neither text nor a number`);
}

/**
 * Whether the versions in a file's header can be read; returns what is worth a note. Throws MemportError
 * `newer_version` for a newer major version, `integrity` for what is no version. Pre-releases count as their release.
 * `names`: the versions that the format has.
 */
export function checkVersions(
  header: JsonObject,
  names: readonly VersionName[] = ['version', 'schema_version'],
): readonly string[] {
  return names.flatMap(name => checkVersion(header, name));
}

function checkVersion(header: JsonObject, name: VersionName): readonly string[] {
  const text = versionText(header, name);
  if (text === '') return [`the file has no ${name}: read as ${KNOWN[name].join('.')}.0`];
  const found = VERSION.exec(text);
  if (!found) throw new MemportError('integrity', `${name} ${quote(text)} is not a version number`);
  const [major, minor] = [Number(found[1]), Number(found[2] ?? '0')];
  const [knownMajor, knownMinor] = KNOWN[name];
  if (major > knownMajor) {
    throw new MemportError('newer_version', `${name} ${quote(text)} is newer than ${knownMajor}`, {
      hint: 'a newer memport reads it',
    });
  }
  if (major < knownMajor) return [`${name} ${quote(text)} is older than ${knownMajor}.${knownMinor}`];
  return minor > knownMinor
    ? [
        `${name} ${quote(text)} is newer than ${knownMajor}.${knownMinor}: what is unknown in its records is kept as it is`,
      ]
    : [];
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
