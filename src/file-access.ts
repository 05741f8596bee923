/** A file that can be read at any place; an open FileHandle is one. Only a read of no bytes means its end. */
export interface ReadableFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly buffer: Buffer }>;
  /** `mtimeMs`: when it was last written, where that is known. */
  stat(): Promise<{ readonly size: number; readonly mtimeMs?: number }>;
  close(): Promise<void>;
}

/** A file that can be written at any place; an open FileHandle is one. Writes come one after the other. */
export interface WritableFile {
  write(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  writev(parts: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }>;
  /** Behind all that was written. */
  appendFile(data: Uint8Array): Promise<void>;
}

/** Reads until `length` bytes are there; fewer only at the end of the file. */
export async function readUpTo(file: ReadableFile, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
