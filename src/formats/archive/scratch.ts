/** A page beyond this gets memory of its own. */
const MAX_KEPT = 8 * 1024 * 1024;

/**
 * Memory in which pages are laid out, used again for the next page: what it gives is valid until then. Fresh memory for
 * each page would be freed far too late by the garbage collector.
 */
export class Scratch {
  #buffer: Buffer = Buffer.alloc(0);

  /** The UTF-8 bytes of a text. */
  text(text: string): Buffer {
    const most = text.length * 3;
    if (most > MAX_KEPT) return Buffer.from(text);
    const buffer = this.#ofSize(most);
    return buffer.subarray(0, buffer.write(text));
  }

  concat(parts: readonly Uint8Array[]): Buffer {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (size > MAX_KEPT) return Buffer.concat(parts);
    const buffer = this.#ofSize(size);
    let at = 0;
    for (const part of parts) {
      buffer.set(part, at);
      at += part.length;
    }
    return buffer.subarray(0, size);
  }

  #ofSize(size: number): Buffer {
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size);
    return this.#buffer;
  }
}
