import type { Reporter, TestModule } from 'vitest/node';

/** Prints at the end what proofs counted, one line each: the test, its figures, its seconds. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap(module =>
      [...module.children.allTests()].flatMap(test => {
        const { figures } = test.meta();
        if (figures === undefined) return [];
        const counted = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
        const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1);
        return [`  ${test.result().state}  ${test.fullName}: ${counted.join(', ')} (${seconds} s)`];
      }),
    );
    if (lines.length > 0) process.stdout.write(['', 'What was counted', ...lines, '', ''].join('\n'));
  }
}
