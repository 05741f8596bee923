/** Data and its place among all intact data; null where bytes are missing in between. */
export interface SalvagedChunk {
  readonly start: number;
  readonly data: Buffer | null;
}
