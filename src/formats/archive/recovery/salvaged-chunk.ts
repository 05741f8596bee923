/** Data and its place among all intact data; null where bytes are missing in between. */
export interface SalvagedChunk {
  readonly start: number;
  readonly data: Buffer | null;
  /** The beginning of a block that is cut off by the end of its file: no checksum proves it. */
  readonly isCut?: boolean;
}
