import type { Session } from '../session.ts';

/** So many of each kind are shown without `--verbose`. */
const SHOWN = 10;

/** Collects what is to be said of single records while work goes on, bounded for each kind, and says it at the end. */
export class Listing {
  readonly #session: Session;
  readonly #lines = new Map<string, string[]>();
  readonly #counts = new Map<string, number>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** `describe` is only asked where the lines will be shown. */
  add(kind: string, describe: () => readonly string[]): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > SHOWN && !this.#session.options.verbose) return;
    const lines = this.#lines.get(kind) ?? [];
    lines.push(...describe());
    this.#lines.set(kind, lines);
  }

  async finish(): Promise<void> {
    for (const [kind, lines] of this.#lines) {
      await this.#session.out(lines.join('\n'));
      const hidden = (this.#counts.get(kind) ?? 0) - SHOWN;
      if (hidden > 0 && !this.#session.options.verbose)
        await this.#session.note(`  … and ${hidden} more ${kind}; --verbose shows all`);
    }
  }
}
