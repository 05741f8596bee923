import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwritable } from './file-target.ts';

const CHUNK_SIZE = 1024 * 1024;

/** An open file in the system's temporary folder that goes away with its handle, however the process ends. */
export interface NamelessFile extends AsyncDisposable {
  readonly handle: FileHandle;
}

/**
 * Opens an empty file for reading and writing whose name is gone at once; where the system does not take the name of an
 * open file away, disposing does.
 */
export async function openNameless(): Promise<NamelessFile> {
  const path = join(tmpdir(), `memport-${randomUUID()}.tmp`);
  const handle = await open(path, 'wx+', 0o600).catch(error => {
    throw unwritable(path, error);
  });
  const isGone = await unlink(path).then(
    () => true,
    () => false,
  );
  return {
    handle,
    async [Symbol.asyncDispose]() {
      await handle.close();
      if (!isGone) await rm(path, { force: true });
    },
  };
}

/** Gives all of a file to `send`, piece by piece in order, whatever the file's position is. */
export async function sendAll(file: FileHandle, send: (chunk: Buffer) => Promise<void>): Promise<void> {
  const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_SIZE });
  for await (const chunk of stream) await send(chunk);
}
