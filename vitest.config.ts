import { defineConfig } from 'vitest/config';

const FIGURES = './test/support/figures-reporter.ts';

/** `--mode deep` tries every point of the proofs, the ordinary run a sample. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Every core: most tests wait for programs that they start, and the runner itself has little to do.
    maxWorkers: '100%',
    provide: { isDeep: mode === 'deep', seed: Number(process.env.MEMPORT_TEST_SEED ?? 20261124) },
    reporters: process.env.CI
      ? ['default', FIGURES, ['json', { outputFile: 'coverage/report.json' }]]
      : ['default', FIGURES],
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['src/**/*.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: { perFile: true, lines: 85, branches: 85 },
    },
  },
}));
