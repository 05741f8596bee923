import { randomUUID } from 'node:crypto';
import { MemportError } from '../errors.ts';

/** What a client has seen and may now agree to: a file in this state, restored into a store in that state. */
export interface Plan {
  readonly path: string;
  /** sha256 of the file. */
  readonly file: string;
  /** backup/store-state.ts */
  readonly state: string;
}

const LIFETIME_MS = 15 * 60 * 1000;
const MOST = 100;

/** The plans of one server process. They are kept in memory only, so a new server knows none; each is good for one try. */
export class Plans {
  readonly #plans = new Map<string, Plan & { readonly expires: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Resolves to the id by which the plan can be taken, for 15 minutes. */
  keep(plan: Plan): string {
    const oldest = this.#plans.keys().next();
    if (this.#plans.size >= MOST && !oldest.done) this.#plans.delete(oldest.value);
    const id = randomUUID();
    this.#plans.set(id, { ...plan, expires: this.#now() + LIFETIME_MS });
    return id;
  }

  /** The plan, which is used up by this. Throws `not_found`. */
  take(id: string): Plan {
    const plan = this.#plans.get(id);
    this.#plans.delete(id);
    if (plan !== undefined && plan.expires > this.#now()) return plan;
    throw new MemportError('not_found', `there is no plan ${JSON.stringify(id.slice(0, 80))}`, {
      hint: 'Plans end after 15 minutes, with one use and with the server. Call restore_from_backup with backup_id or input_path and without plan_id for a new one.',
    });
  }
}
