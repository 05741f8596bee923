export interface StoredLine {
  readonly id: string;
  /** The canonical record line. */
  readonly line: string;
  readonly model: string | null;
  /** Of the own vector; null without one. */
  readonly dimensions: number | null;
}

export interface StoredEntry extends StoredLine {
  readonly vector: Float32Array | null;
}

export interface Hit {
  readonly id: string;
  /** Higher is better; comparable only within one search. Cosine similarity for vectors. */
  readonly score: number;
  readonly line: string;
}
