import { writeFileSync } from 'node:fs';
import { originalMemory } from '../../support/stores.ts';
import { type Crafted, harmless, MIB, refused, repeated } from './crafted.ts';

const HEAD = '{"version":"1.0.0","schema_version":"3.0.0","export_date":"2026-01-01T00:00:00Z",';
const RECORD = JSON.stringify(originalMemory(1));

export function json(): Crafted[] {
  const record = (what: string, from: string, to: string, isLarge = false): Crafted =>
    harmless(
      `JSON: a record with ${what}`,
      () => {
        const text = RECORD.replace(from, to);
        return `${HEAD}"memory_count":1,"memories":[\n${text}\n]}`;
      },
      isLarge,
    );
  const large = (what: string, write: Crafted['write']): Crafted => ({
    what: `JSON: ${what}`,
    write,
    fate: 'refused',
    isLarge: true,
  });
  const metadata = (text: string): readonly [string, string] => ['"metadata":{}', `"metadata":${text}`];
  const whole = `${HEAD}"memory_count":1,"memories":[\n${RECORD}\n]}`;
  return [
    large('a hundred million brackets', repeated('{"memories":', '[', 100 * MIB)),
    large('a hundred million brackets from the first byte on', repeated('{"a":', '{"a":', 20 * MIB)),
    large('a text without an end', repeated(`${HEAD}"memories":["`, 'a', 100 * MIB)),
    large('a version of megabytes', repeated('{"version":"', '1', 50 * MIB, '.0.0","memories":[]}')),
    large('blanks', repeated('{', ' ', 100 * MIB, '}')),
    {
      ...large(
        'a text of megabytes before the memories',
        repeated(`${HEAD}"x":["`, 'a', 60 * MIB, '"],"memories":[]}'),
      ),
      fate: 'harmless',
    },
    record('a number of a million digits', ...metadata(`{"n":1${'0'.repeat(1_000_000)}}`)),
    record('an exponent of a million digits', ...metadata(`{"n":1e${'9'.repeat(1_000_000)}}`)),
    record('a hundred thousand brackets', ...metadata('['.repeat(100_000) + ']'.repeat(100_000))),
    record('a million values', ...metadata(`[${'{},'.repeat(1_000_000)}1]`), true),
    record('a name of megabytes', ...metadata(`{"${'k'.repeat(5 * MIB)}":1}`)),
    record('the same name a hundred thousand times', ...metadata(`{${'"k":1,'.repeat(100_000)}"k":1}`)),
    record('a million tags', '"tags":[]', `"tags":[${'"t",'.repeat(150_000)}"t"]`),
    record(
      '__proto__',
      ...metadata('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    ),
    record(
      '__proto__ beside its fields',
      '{"id"',
      '{"__proto__":{"polluted":true},"toString":1,"constructor":null,"id"',
    ),
    record('__proto__ for its id', '"id":"', '"__proto__":"x","id":"../../'),
    record('a project that is a path', '"project_name":null', '"project_name":"../../../evil\\u0000"'),
    record('escapes of a terminal', 'Memory 1.', '\\u001b]0;evil\\u0007\\u001b[2J'),
    record('half a surrogate', 'Memory 1.', '\\ud800'),
    record('a date of the far future', '2025-01-01T00:00:00+00:00', '999999999-01-01T00:00:00Z'),
    refused('JSON: UTF-16', () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(whole, 'utf16le')])),
    harmless('JSON: a mark of the byte order', () => `\ufeff${whole}`),
    refused('JSON: bytes that are no UTF-8', () =>
      Buffer.concat([Buffer.from(whole.slice(0, 20)), Buffer.from([0xff]), Buffer.from(whole.slice(20))]),
    ),
    refused('JSON: another object behind it', () => whole + whole),
    refused(
      'JSON: __proto__ in place of the memories',
      () => '{"version":"1.0.0","__proto__":{"memories":[]}}',
    ),
    refused('JSON: memories that are no list', () => `${HEAD}"memory_count":1,"memories":{"length":1}}`),
    refused(
      'JSON: the memories twice',
      () => `${HEAD}"memory_count":1,"memories":[\n${RECORD}\n],"memories":[\n${RECORD}\n]}`,
    ),
    refused('JSON: a count without an end', () =>
      whole.replace('"memory_count":1', `"memory_count":${'9'.repeat(1000)}`),
    ),
    harmless(
      'JSON: records that are none',
      () => `${HEAD}"memory_count":6,"memories":[\n1,\nnull,\n[],\n"x",\ntrue,\n{}\n]}`,
    ),
    refused('JSON: NUL after each byte', () => Buffer.from(whole, 'utf16le')),
    {
      what: 'JSON: a newer version',
      write: path => writeFileSync(path, whole.replace('"1.0.0"', '"99.0.0"')),
      fate: 'newer',
    },
  ];
}
