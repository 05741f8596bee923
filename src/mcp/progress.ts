import type { OnProgress, Progress } from '../model/progress.ts';

/** Progress as a client sees it: always growing, up to 100 of 100. */
export interface ProgressNote {
  readonly progress: number;
  readonly total: 100;
  readonly message: string;
}

const MIN_INTERVAL_MS = 50;

/**
 * Turns the progress of a work in several phases, each counting from nothing, into one that only grows. `phases` in
 * their order, `importing|trying` for one of two names; a phase that is not among them counts for the last one seen.
 */
export class ProgressReporter {
  readonly #phases: readonly string[];
  readonly #send: (note: ProgressNote) => Promise<void>;
  readonly #now: () => number;
  #phase = 0;
  #last = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #sent: Promise<void> = Promise.resolve();

  constructor(phases: readonly string[], send: (note: ProgressNote) => Promise<void>, now: () => number) {
    this.#phases = phases;
    this.#send = send;
    this.#now = now;
  }

  readonly update: OnProgress = progress => {
    // A phase may come twice, as writing and verifying do in a restore: it never goes back.
    this.#phase = Math.max(
      this.#phase,
      this.#phases.findIndex(names => names.split('|').includes(progress.phase)),
    );
    const percent = ((this.#phase + fraction(progress)) / Math.max(this.#phases.length, 1)) * 100;
    const shown = Math.min(Math.floor(percent * 10) / 10, 99.9);
    if (shown <= this.#last || this.#now() - this.#sentAt < MIN_INTERVAL_MS) return;
    this.#note(shown, describe(progress));
  };

  /** The work is done. Resolves when all has been sent: what comes after the answer to a call, nobody listens to. */
  async finish(): Promise<void> {
    this.#note(100, 'done');
    await this.#sent;
  }

  #note(progress: number, message: string): void {
    this.#last = progress;
    this.#sentAt = this.#now();
    this.#sent = this.#send({ progress, total: 100, message });
  }
}

function fraction({ done, total }: Progress): number {
  if (total === null) return done / (done + 1000);
  return total === 0 ? 1 : Math.min(done / total, 1);
}

function describe({ phase, done, total, unit }: Progress): string {
  return `${phase}: ${done}${total === null ? '' : ` of ${total}`} ${unit}`;
}
