/** How far a piece of work has come. */
export interface Progress {
  /** What is being done, as a word for people: `reading`, `verifying`, … */
  readonly phase: string;
  readonly done: number;
  /** null while it is not known. */
  readonly total: number | null;
  readonly unit: 'records' | 'bytes' | 'files';
  /** What else has been done, for people: `1,200 units`. */
  readonly detail?: string;
}

export type OnProgress = (progress: Progress) => void;

/** What everything long-running takes. */
export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}
