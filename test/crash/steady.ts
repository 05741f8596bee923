/**
 * Loaded into the real program by `node --import`. Its clock and its random numbers are then the same in every run, and so
 * are the names of its files: a system call of one run is found again in the next one by its path.
 */
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

let milliseconds = Date.parse('2026-06-01T12:00:00Z');
let drawn = 0;

Date.now = () => milliseconds++;

const bytes = (size: number): Buffer =>
  crypto.createHash('shake256', { outputLength: size }).update(String(drawn++)).digest();

crypto.randomUUID = () => {
  const hex = bytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
};
crypto.randomBytes = bytes as typeof crypto.randomBytes;
crypto.webcrypto.getRandomValues = array => {
  const { buffer, byteOffset, byteLength } = array as Uint8Array<ArrayBuffer>;
  bytes(byteLength).copy(new Uint8Array(buffer, byteOffset, byteLength));
  return array;
};
fs.mkdtemp = (async (prefix: string) => {
  const path = `${prefix}${bytes(3).toString('hex')}`;
  await fs.mkdir(path, { mode: 0o700 });
  return path;
}) as typeof fs.mkdtemp;
syncBuiltinESMExports();
