// The requirement gate: every finished requirement is cited by a test, and no other. Run by `npm run requirements`.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUIREMENTS } from '../test/requirements.ts';
import { checkCitations, findCitations, summary } from './requirement-gate.ts';

const root = join(import.meta.dirname, '..');
const names = globSync('test/**/*.test.ts', { cwd: root }).sort();
const files = new Map(names.map(name => [name, readFileSync(join(root, name), 'utf8')]));

const problems = checkCitations(REQUIREMENTS, findCitations(files));
for (const problem of problems) console.error(problem);
console.log(summary(REQUIREMENTS));
if (problems.length > 0) process.exitCode = 1;
