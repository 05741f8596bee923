import type { WorkOptions } from '../model/progress.ts';

/** Counts records while they are written, and reports. */
export class Meter {
  readonly #total: number;
  readonly #work: WorkOptions;
  #done = 0;

  constructor(total: number, work: WorkOptions) {
    this.#total = total;
    this.#work = work;
  }

  add(count: number): void {
    this.#done += count;
    this.#work.onProgress?.({ phase: 'writing', done: this.#done, total: this.#total, unit: 'records' });
  }
}
