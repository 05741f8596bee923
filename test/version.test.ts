import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packageVersion } from '../src/version.ts';
import { scratch } from './support/cli.ts';

test('the version is that of the package', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(packageVersion()).toBe((JSON.parse(text) as { version: string }).version);
});

test.each(['{}', '[]', 'null', '"0.1.0"'])('a manifest without a version is an error: %s', text => {
  const path = join(scratch(), 'package.json');
  writeFileSync(path, text);
  expect(() => packageVersion(pathToFileURL(path))).toThrow('no version');
});
