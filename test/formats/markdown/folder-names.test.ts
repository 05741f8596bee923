import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folderNames } from '../../../src/formats/markdown/folder-names.ts';
import { projectName } from './generated.ts';

const named = (...projects: string[]): Record<string, string> => Object.fromEntries(folderNames(projects));

describe('[P2-02] folders of projects', () => {
  test('have names that are safe everywhere', () => {
    expect(named('shop', 'My App', 'a/b', '.git', 'CON', 'index', 'übung_1')).toEqual({
      shop: 'shop',
      'My App': 'my-app',
      'a/b': 'a-b',
      '.git': 'git',
      CON: 'project-con',
      index: 'project-index',
      übung_1: 'übung_1',
    });
  });

  test('where nothing is left of a name have its hash', () => {
    for (const name of ['..', '', '\u3164', '\u200b\u2060', '😀', '\ud800', '---'])
      expect(named(name)[name]).toMatch(/^project-[0-9a-f]{8}$/);
  });

  test('differ where only upper and lower case or the composition do', () => {
    const names = named('shop', 'Shop', 'SHOP', 'e\u0301', '\u00e9', 'ß', 'ss', 'global', 'Global');
    expect(names.shop).toBe('shop');
    expect(names.Shop).toMatch(/^shop-[0-9a-f]{8}$/);
    expect(names.global).toMatch(/^global-[0-9a-f]{8}$/);
    expect(new Set(Object.values(names)).size).toBe(9);
  });

  test('do not depend on the order', () => {
    expect(named('Shop', 'a b', 'a-b', 'SHOP')).toEqual(named('SHOP', 'a-b', 'a b', 'Shop'));
  });

  test('stay short, and a name that looks like that of another with its hash gets another one', () => {
    const taken = named('Shop', 'SHOP').Shop ?? '';
    const all = named('Shop', 'SHOP', taken, 'x'.repeat(200), '日'.repeat(200));
    expect(new Set(Object.values(all)).size).toBe(5);
    for (const folder of Object.values(all)) expect(Buffer.byteLength(folder)).toBeLessThan(200);
  });

  test('are what they must be for any projects', () => {
    fc.assert(
      fc.property(fc.uniqueArray(projectName, { maxLength: 12 }), projects => {
        const folders = [...folderNames(projects).values()];
        expect(folders).toHaveLength(projects.length);
        const folded = folders.map(folder => folder.normalize('NFKD').toUpperCase().toLowerCase());
        expect(new Set([...folded, 'global']).size).toBe(projects.length + 1);
        for (const folder of folders) {
          expect(folder).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_-]*$/u);
          expect(folder).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/i);
          expect(folder.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});
