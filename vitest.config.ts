import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Every core: most tests wait for programs that they start, and the runner itself has little to do.
    maxWorkers: '100%',
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'coverage/report.json' }]] : ['default'],
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['src/**/*.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: { perFile: true, lines: 85, branches: 85 },
    },
  },
});
