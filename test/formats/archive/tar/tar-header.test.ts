import { describe, expect, test } from 'vitest';
import { decodeTarHeader, encodeTarHeader } from '../../../../src/formats/archive/tar/tar-header.ts';
import { tarEntry } from '../craft.ts';

const GIB = 1024 ** 3;

describe('tar headers', () => {
  test.each([0, 1, 511, 8 * GIB - 1, 8 * GIB, 5000 * GIB])('a size of %d comes back', size => {
    const block = encodeTarHeader('portable_backup/x', size, 1_700_000_000);
    expect(decodeTarHeader(block)).toEqual({ name: 'portable_backup/x', size, type: '0', linkName: '' });
  });

  test('dates before 1970 and after ustar are cut to what it can hold', () => {
    expect(encodeTarHeader('x', 0, -5).toString('latin1', 136, 147)).toBe('00000000000');
    expect(encodeTarHeader('x', 0, 1e15).toString('latin1', 136, 147)).toBe('77777777777');
  });

  test('a name that ustar can not hold is a mistake', () => {
    expect(() => encodeTarHeader('x'.repeat(101), 0, 0)).toThrow(RangeError);
  });

  test('a prefix is part of a ustar name, not of a GNU one', () => {
    const withPrefix = (magic: string) => {
      const block = tarEntry({ name: 'name', data: Buffer.alloc(0), magic });
      block.write('folder', 345);
      block.write('        ', 148);
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return decodeTarHeader(block).name;
    };
    expect(withPrefix('ustar\x0000')).toBe('folder/name');
    expect(withPrefix('ustar  \0')).toBe('name');
  });

  test('a name of 100 bytes has no end', () => {
    const name = 'n'.repeat(100);
    expect(decodeTarHeader(tarEntry({ name, data: Buffer.alloc(0) })).name).toBe(name);
  });

  test.each([
    ['no magic', (block: Buffer) => block.fill(0, 257, 265)],
    ['a checksum that is no number', (block: Buffer) => block.write('zzzzzz', 148)],
    ['a wrong checksum', (block: Buffer) => block.write('y', 0)],
  ])('%s is refused', (_, spoil) => {
    const block = encodeTarHeader('x', 1, 0);
    spoil(block);
    expect(() => decodeTarHeader(block)).toThrow(expect.objectContaining({ code: 'integrity' }));
  });

  test('a size beyond all files is refused', () => {
    const block = encodeTarHeader('x', 9 * GIB, 0);
    block.fill(0xff, 125, 136);
    block.write('        ', 148);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect(() => decodeTarHeader(block)).toThrow(expect.objectContaining({ code: 'integrity' }));
  });
});
