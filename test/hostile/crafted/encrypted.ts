import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Encrypter } from 'age-encryption';
import { type Entry, pack } from '../../formats/archive/craft.ts';
import { type Crafted, MIB, refused, repeated, repeatedBytes } from './crafted.ts';

export function encrypted(entries: Entry[], recipient: string): Crafted[] {
  const begin = 'age-encryption.org/v1\n';
  const stanza = `-> X25519 ${'A'.repeat(43)}\n${'A'.repeat(43)}\n`;
  const work = (factor: string): string =>
    `${begin}-> scrypt ${'A'.repeat(22)} ${factor}\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`;
  const large = (what: string, write: Crafted['write']): Crafted => ({
    what: `age: ${what}`,
    write,
    fate: 'refused',
    isLarge: true,
  });
  const sealed = (what: string, plain: () => Buffer, fate: Crafted['fate'] = 'refused'): Crafted => ({
    what: `age: ${what}`,
    fate,
    write: async path => {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      writeFileSync(path, await encrypter.encrypt(plain()));
    },
  });
  return [
    ...['21', '30', '63', '64', '99', '100', '999', '1000', '0', '018', '-1', '1e9', '20 20'].map(factor =>
      refused(`age: a passphrase of 2^${factor} steps`, () => work(factor)),
    ),
    refused('age: ten thousand recipients', () => begin + stanza.repeat(10_000)),
    large('a million recipients', repeated(begin, stanza, 1_000_000, `--- ${'A'.repeat(43)}\n`)),
    large('a header of a gigabyte', repeated(`${begin}-> x`, 'A', 1024 * MIB)),
    large(
      'armor of many lines',
      repeated('-----BEGIN AGE ENCRYPTED FILE-----\n', `${'A'.repeat(64)}\n`, 1_000_000),
    ),
    large('armor of blank lines', repeated('', '\n', 50 * MIB, '-----BEGIN AGE ENCRYPTED FILE-----\n')),
    large('armor of one line', repeated('-----BEGIN AGE ENCRYPTED FILE-----\n', 'A', 100 * MIB)),
    refused('age: a stanza without a body', () => `${begin}-> X25519\n--- \n`),
    refused('age: no stanza', () => `${begin}--- ${'A'.repeat(43)}\n`),
    sealed('an encrypted file in it', () => Buffer.from(begin + stanza)),
    sealed('a bomb in it', () => repeatedBytes(gzipSync(Buffer.alloc(64 * MIB)), 16)),
    sealed('a name that leads up in it', () =>
      pack([...entries, { name: '../evil', data: Buffer.from('x') }]),
    ),
    sealed('nothing in it', () => Buffer.alloc(0)),
  ];
}
