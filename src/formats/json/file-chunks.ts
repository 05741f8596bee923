import type { ReadableFile } from '../../file-access.ts';
import type { WorkOptions } from '../../model/progress.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of an open file from its beginning, however often it was read before: the handle's own position is neither
 * used nor moved. Each chunk is overwritten by the next. Reports progress under `phase`; stops when the signal aborts.
 */
export async function* fileChunks(
  handle: ReadableFile,
  phase: string,
  options: WorkOptions = {},
): AsyncGenerator<Uint8Array> {
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let done = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, done);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
    options.onProgress?.({ phase, done, total: size, unit: 'bytes' });
  }
}
