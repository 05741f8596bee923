import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { digestOf } from '../support/stores.ts';

/** A home whose store and files no refused file may change. */
export class Victim {
  readonly home: string;
  readonly #names: readonly string[];
  readonly #store: Buffer;
  readonly #digest: string;

  private constructor(home: string, digest: string) {
    this.home = home;
    this.#digest = digest;
    this.#names = readdirSync(home, { recursive: true }).map(String).sort();
    this.#store = readFileSync(join(home, 'memport.db'));
  }

  /** Of a home as it is now. */
  static async of(home: string): Promise<Victim> {
    return new Victim(home, await digestOf(home));
  }

  /** Throws where a file of the home came or went, or the store holds something else. */
  async expectUntouched(what: string): Promise<void> {
    expect(readdirSync(this.home, { recursive: true }).map(String).sort(), what).toEqual(this.#names);
    if (this.#store.equals(readFileSync(join(this.home, 'memport.db')))) return;
    expect(await digestOf(this.home), what).toBe(this.#digest);
  }
}
