/** The bytes within a gzip file. The file is only read, always through the same handle, and stays open. */
export interface Container {
  /** Whether it is made of blocks, as memport writes it. */
  readonly blocked: boolean;

  /**
   * The data from the byte `start` on, to the end. Several may run at once. Throws `integrity` at the first damage, at
   * a file that ends too early, at bytes behind its end, and at data that is too large for its file.
   */
  bytes(start: number, options?: BytesOptions): AsyncIterable<Buffer>;
}

export interface BytesOptions {
  readonly signal?: AbortSignal | undefined;
  /** How many blocks may be inflated at the same time. */
  readonly ahead?: number;
  /** A chunk is only valid until the next one is asked for: its memory may be freed then. */
  readonly passing?: boolean;
}
