// Prints `N passed, N failed` from Vitest's JSON report and says by its exit code whether all is well. Any Node from 20 can run it.
import { readFileSync } from 'node:fs';

const [path] = process.argv.slice(2);
let report;
try {
  report = JSON.parse(readFileSync(path, 'utf8'));
} catch (error) {
  console.error(`no test report: ${error.message}`);
  report = { testResults: [] };
}

const tests = report.testResults.flatMap(file => file.assertionResults);
const count = status => tests.filter(test => test.status === status).length;
// A file that could not be loaded has no tests of its own; it counts as one that failed.
const broken = report.testResults.filter(
  file => file.status === 'failed' && file.assertionResults.length === 0,
).length;
const passed = count('passed');
const failed = count('failed') + broken;
const skipped = tests.length - passed - count('failed');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (failed > 0 || passed === 0) process.exitCode = 1;
