import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { APPLICATION_ID } from '../../application-id.ts';
import { MemportError } from '../../errors.ts';
import { makeFolder } from '../../folder.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { newerSchema } from './schema.ts';
import { storeError } from './store-error.ts';

const MAGIC = Buffer.from('SQLite format 3\0');
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;
const HEADER_SIZE = 100;

/** Whether there is a store at the path, by its first bytes only: SQLite never gets to see a file that is not ours. */
export async function inspectFile(path: string): Promise<'missing' | 'empty' | 'store'> {
  const header = await readHeader(path);
  if (header === null) return 'missing';
  if (header.length === 0) return 'empty';
  if (header.length < HEADER_SIZE || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new MemportError('integrity', `${path} is not a database`, {
      hint: 'Keep the file as it is and restore a backup: memport restore latest',
    });
  }
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw new MemportError('unknown_format', `${path} is a SQLite database, but not a store of memport`, {
      hint: 'To take over what another system stored in it: memport import <file>',
    });
  }
  const version = header.readUInt32BE(USER_VERSION_AT);
  if (version > SCHEMA_VERSION) throw newerSchema(path, version);
  return 'store';
}

/** Makes an empty file that only its owner can read, in folders that only their owner can enter. Keeps one that is there. */
export async function createFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    const file = await open(path, 'a', 0o600);
    await file.close();
  } catch (error) {
    throw storeError(error, path);
  }
}

async function readHeader(path: string): Promise<Buffer | null> {
  try {
    if (!(await stat(path)).isFile()) throw new MemportError('failed', `${path} is not a file`);
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_SIZE), 0, HEADER_SIZE, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw storeError(error, path);
  }
}
