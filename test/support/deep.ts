import { inject, type TestContext } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether this is `npm run test:deep`, which tries every point instead of a sample. */
    readonly isDeep: boolean;
    /** Of what tests draw at random. A failed run is repeated with `MEMPORT_TEST_SEED`. */
    readonly seed: number;
  }
  interface TaskMeta {
    figures?: Figures;
  }
}

/** What a proof counted, such as `{ points: 200, mixtures: 0 }`. */
export type Figures = Readonly<Record<string, number | string>>;

/** How many points a proof tries: all in the deep run, a sample in the ordinary one. */
export function points(deep: number, ordinary: number): number {
  return inject('isDeep') ? deep : ordinary;
}

/** Has the run print what this test counted, under its name. */
export function reportFigures(context: TestContext, figures: Figures): void {
  context.task.meta.figures = figures;
}

/** Random numbers in [0, 1), the same for a seed on every machine (mulberry32); `salt` sets tests apart. */
export function seeded(salt: number): () => number {
  let state = (inject('seed') + salt) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
