import { hash } from 'node:crypto';
import type { FixedStrategy } from '../../merge-strategies.ts';
import type { Entry } from '../../model/record.ts';
import { vectorBytes } from '../../model/vector.ts';
import { type Decision, leave } from './decision.ts';
import { fillsVector, resolve, same } from './resolve.ts';

/** Two versions of a record, of which someone has to choose. */
export interface Conflict {
  readonly existing: Entry;
  readonly imported: Entry;
}

export interface Answer {
  readonly choice: Choice;
  /** Whether it holds for all conflicts that follow. */
  readonly forAll: boolean;
}

export type Choice = 'existing' | 'imported' | 'both' | 'skip';

/** Asks about one conflict, the `number`th, from 1. Rejects to give the import up; nothing is written then. */
export type Ask = (conflict: Conflict, number: number) => Promise<Answer>;

type Resolve = (existing: Entry, imported: Entry) => Decision;

/** So many conflicts are held in memory at a time. */
const BATCH = 200;

const STRATEGIES: Readonly<Record<Choice, FixedStrategy>> = {
  existing: 'keep-older',
  imported: 'overwrite',
  both: 'keep-both',
  skip: 'skip',
};

/**
 * Imports with someone's answers, without keeping others from the store while that one thinks: trials, which are taken
 * back, find conflicts that have no answer yet; these are asked about between the trials. When a trial finds none, the
 * real run follows. An answer holds for just the two versions that were shown: where either is another by then, the run
 * is taken back and asked about anew.
 */
export async function importAsking<T>(
  ask: Ask,
  signal: AbortSignal | undefined,
  run: (resolve: Resolve, isTrial: boolean) => Promise<T>,
): Promise<T> {
  const answers = new Answers();
  let isTrial = true;
  for (;;) {
    const { open, result }: Attempt<T> = await attempt(answers, isTrial, run);
    if (result !== null && !isTrial) return result;
    for (const conflict of open) {
      signal?.throwIfAborted();
      await answers.ask(conflict, ask);
    }
    isTrial = open.length > 0;
  }
}

/** Thrown out of a run to have it taken back. */
class Unanswered extends Error {}

interface Attempt<T> {
  readonly open: readonly Conflict[];
  /** null when the run was taken back for want of answers. */
  readonly result: T | null;
}

/** Runs until there are as many open conflicts as are to be asked about at a time: one in the real run. */
async function attempt<T>(
  answers: Answers,
  isTrial: boolean,
  run: (resolve: Resolve, isTrial: boolean) => Promise<T>,
): Promise<Attempt<T>> {
  const open: Conflict[] = [];
  try {
    const result = await run((existing, imported) => {
      const decision = answers.resolve(existing, imported);
      if (decision !== null) return decision;
      open.push({ existing, imported });
      if (!isTrial || open.length === BATCH) throw new Unanswered();
      return leave('skipped', null);
    }, isTrial);
    return { open, result };
  } catch (error) {
    if (error instanceof Unanswered) return { open, result: null };
    throw error;
  }
}

class Answers {
  readonly #choices = new Map<string, Choice>();
  #forAll: Choice | null = null;
  #asked = 0;

  /** The decision, as far as it needs no answer or has one. */
  resolve(existing: Entry, imported: Entry): Decision | null {
    const settled = same(existing, imported);
    if (settled !== null) return settled;
    if (fillsVector(existing, imported)) return resolve(existing, imported, 'overwrite');
    const choice = this.#choices.get(keyOf(existing, imported)) ?? this.#forAll;
    return choice === null ? null : resolve(existing, imported, STRATEGIES[choice]);
  }

  async ask(conflict: Conflict, ask: Ask): Promise<void> {
    if (this.#forAll !== null) return;
    this.#asked += 1;
    const { choice, forAll } = await ask(conflict, this.#asked);
    if (forAll) this.#forAll = choice;
    else this.#choices.set(keyOf(conflict.existing, conflict.imported), choice);
  }
}

function keyOf(existing: Entry, imported: Entry): string {
  const state = ({ line, vector }: Entry): string =>
    hash(
      'sha256',
      Buffer.concat([Buffer.from(`${line}\n`), vector === null ? EMPTY : vectorBytes(vector)]),
      'base64',
    );
  return `${existing.kind} ${state(existing)} ${state(imported)}`;
}

const EMPTY = new Uint8Array(0);
