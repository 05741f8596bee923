import { realpath } from 'node:fs/promises';

/** The files that make up the store at a location: the database, and what SQLite keeps beside it and beside what it links to. */
export async function storeFiles(location: string): Promise<readonly string[]> {
  const real = await realpath(location).catch(() => location);
  return [location, ...['-wal', '-shm', '-journal'].flatMap(end => [`${location}${end}`, `${real}${end}`])];
}
