import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeLeftovers, temporaryName } from '../src/leftovers.ts';
import { scratch } from './support/cli.ts';

test('what a killed process left is removed after a day; nothing else is', async () => {
  const folder = scratch();
  const now = Date.now();
  const old = now / 1000 - 86_500;
  const place = (name: string): string => join(folder, name);
  const [stale, fresh, asFolder, asLink] = [0, 1, 2, 3].map(() => place(temporaryName()));
  const others = ['.memport-x.tmp', 'memport-00000000-0000-0000-0000-000000000000.tmp', 'notes.tmp'].map(
    place,
  );
  for (const path of [stale, fresh, ...others]) writeFileSync(path ?? '', 'x');
  mkdirSync(asFolder ?? '');
  symlinkSync('nowhere', asLink ?? '');
  for (const path of [stale, asFolder, ...others]) utimesSync(path ?? '', old, old);
  await removeLeftovers(folder, now);
  expect(existsSync(stale ?? '')).toBe(false);
  for (const path of [fresh, asFolder, ...others]) expect(existsSync(path ?? '')).toBe(true);
  await removeLeftovers(place('missing'), now);
  writeFileSync(join(asFolder ?? '', 'x'), 'x');
  await removeLeftovers(folder, now, 'folders');
  expect(existsSync(asFolder ?? '')).toBe(true);
  utimesSync(asFolder ?? '', old, old);
  await removeLeftovers(folder, now, 'folders');
  expect(existsSync(asFolder ?? '')).toBe(false);
  for (const path of [fresh, ...others]) expect(existsSync(path ?? '')).toBe(true);
});
