import { expect, type TestContext } from 'vitest';
import { reportFigures } from '../support/deep.ts';
import { type Command, siteFor } from './commands.ts';
import type { Site } from './site.ts';
import { expectWhole, type Outcome, same, stateOf } from './state.ts';

/** A way to kill the program at a call that changes something. */
export interface Way<Call> {
  /** Runs it to its end; all calls, in order. */
  readonly callsOf: (site: Site, args: readonly string[]) => readonly Call[];
  /** Runs it until it begins the call. */
  readonly killAt: (site: Site, args: readonly string[], call: Call) => void;
}

/** Kills a command at so many places, evenly spread over all of its calls, and proves what each time is left. */
export async function proveKilled<Call>(
  context: TestContext,
  command: Command,
  way: Way<Call>,
  count: number,
): Promise<void> {
  const site = await siteFor(command);
  const args = command.args(site);
  const before = await stateOf(site);
  site.reset();
  const calls = way.callsOf(site, args);
  const after = await stateOf(site);
  expect(same(before, after), 'the command changes something').toBe(false);
  const outcomes: Record<Outcome, number> = { before: 0, between: 0, after: 0 };
  const places = spread(calls, count);
  for (const call of places) {
    site.reset();
    way.killAt(site, args, call);
    try {
      outcomes[await expectWhole(site, command, before, after)] += 1;
    } catch (error) {
      throw new Error(`killed at ${JSON.stringify(call)}`, { cause: error });
    }
  }
  expect(outcomes.before).toBeGreaterThan(0);
  reportFigures(context, { calls: calls.length, points: places.length, ...outcomes, mixtures: 0 });
}

/** So many of them, from the first to the last in even steps; all where there are no more. */
export function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  const step = (items.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, n) => items[Math.round(n * step)]).filter(
    item => item !== undefined,
  );
}
