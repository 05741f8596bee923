import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ReadableFile } from '../../../file-access.ts';
import { damaged } from '../damage.ts';
import type { BytesOptions, Container } from './container.ts';
import { MAX_RATIO } from './gzip-block.ts';

const READ_SIZE = 1024 * 1024;
const CHUNK_SIZE = 256 * 1024;
/** Up to here nothing is a bomb. */
const FREE_BYTES = 64 * 1024 * 1024;

/** A gzip file that another program has made: read as a stream, from its start each time. */
export class GzipContainer implements Container {
  readonly blocked = false;
  readonly #file: ReadableFile;

  constructor(file: ReadableFile) {
    this.#file = file;
  }

  async *bytes(start: number, { signal }: BytesOptions = {}): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: CHUNK_SIZE });
    const input = Readable.from(readFrom(this.#file), { objectMode: false, highWaterMark: READ_SIZE });
    input.on('error', error => gunzip.destroy(error));
    input.pipe(gunzip);
    try {
      yield* this.#limited(gunzip, start, signal);
      const { size } = await this.#file.stat();
      if (gunzip.bytesWritten < size) throw damaged('Something was appended to the archive.');
    } finally {
      input.destroy();
      gunzip.destroy();
    }
  }

  async *#limited(
    gunzip: AsyncIterable<Buffer> & { readonly bytesWritten: number },
    start: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer> {
    let end = 0;
    try {
      for await (const chunk of gunzip) {
        signal?.throwIfAborted();
        end += chunk.length;
        if (end > FREE_BYTES + MAX_RATIO * gunzip.bytesWritten)
          throw damaged(`The archive grows to more than ${MAX_RATIO} times its size.`);
        if (end > start) yield chunk.subarray(Math.max(0, chunk.length - (end - start)));
      }
    } catch (error) {
      throw isZlibError(error) ? damaged('The archive is damaged or truncated.', error) : error;
    }
  }
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
