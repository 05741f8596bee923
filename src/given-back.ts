/**
 * Frees the memory of bytes that nothing uses any more, also not through another view of it: they are empty afterwards.
 * The garbage collector sees little reason to look for pages of megabytes while hardly anything else is allocated, and
 * would let tens of them lie about. Memory that is not the bytes' own, as that of small Buffers, is left alone.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}
