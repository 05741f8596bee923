import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { ReadableFile } from '../../../file-access.ts';
import { MAX_RATIO } from '../container/gzip-block.ts';
import { damaged } from '../damage.ts';
import type { SalvagedChunk } from './salvaged-chunk.ts';

const READ_SIZE = 64 * 1024;
/** zlib keeps back what it inflated in the step in which it finds damage: small steps lose little. */
const STEP = 512;
/** A multiple of the tar's blocks, so that no header lies across two chunks. */
const CHUNK = 64 * 1024;
const FREE_BYTES = 64 * 1024 * 1024;

/**
 * What can be inflated of a gzip stream, from its beginning; a gap at the end when it is damaged or truncated. Throws
 * `integrity` for a stream that grows too much.
 */
export async function* salvageGzip(file: ReadableFile, signal?: AbortSignal): AsyncGenerator<SalvagedChunk> {
  const gunzip = createGunzip({ chunkSize: STEP, finishFlush: constants.Z_SYNC_FLUSH });
  const input = Readable.from(readFrom(file), { objectMode: false });
  input.on('error', error => gunzip.destroy(error));
  input.pipe(gunzip);
  let pieces: Buffer[] = [];
  let [size, start] = [0, 0];
  let isDamaged = false;
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      pieces.push(piece);
      size += piece.length;
      if (start + size > FREE_BYTES + MAX_RATIO * gunzip.bytesWritten)
        throw damaged(`The archive grows to more than ${MAX_RATIO} times its size.`);
      if (size < CHUNK) continue;
      const data = Buffer.concat(pieces);
      yield { start, data: data.subarray(0, CHUNK) };
      start += CHUNK;
      size -= CHUNK;
      pieces = [data.subarray(CHUNK)];
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    isDamaged = true;
  } finally {
    input.destroy();
    gunzip.destroy();
  }
  if (size > 0) yield { start, data: Buffer.concat(pieces) };
  if (isDamaged) yield { start: start + size, data: null };
}

async function* readFrom(file: ReadableFile): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(READ_SIZE), 0, READ_SIZE, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
