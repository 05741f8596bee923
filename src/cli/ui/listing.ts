import type { Session } from '../session.ts';

/** So many of each kind are shown without `--verbose`. */
const SHOWN = 10;

/** Collects what is to be said of single records while work goes on, bounded for each kind, and says it at the end. */
export class Listing {
  readonly #session: Session;
  readonly #lines = new Map<string, string[]>();
  readonly #counts = new Map<string, { described: number; total: number }>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether one more of this kind will be shown. */
  shows(kind: string): boolean {
    const described = this.#counts.get(kind)?.described ?? 0;
    return described < SHOWN || this.#session.options.verbose === true;
  }

  /** `describe` is only asked where the lines will be shown. */
  add(kind: string, describe: () => readonly string[]): void {
    const counts = this.#counts.get(kind) ?? { described: 0, total: 0 };
    this.#counts.set(kind, counts);
    counts.total += 1;
    if (!this.shows(kind)) return;
    counts.described += 1;
    const lines = this.#lines.get(kind) ?? [];
    lines.push(...describe());
    this.#lines.set(kind, lines);
  }

  /** How many there are of a kind, where not all were added. */
  total(kind: string, total: number): void {
    const counts = this.#counts.get(kind);
    if (counts !== undefined) counts.total = total;
  }

  async finish(): Promise<void> {
    for (const [kind, lines] of this.#lines) {
      await this.#session.out(lines.join('\n'));
      const { described, total } = this.#counts.get(kind) ?? { described: 0, total: 0 };
      if (total > described)
        await this.#session.note(`  … and ${total - described} more ${kind}; --verbose shows all`);
    }
  }
}
