import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCitations, findCitations, summary } from '../scripts/requirement-gate.ts';
import config from '../vitest.config.ts';
import { REQUIREMENTS, type Requirement } from './requirements.ts';

const done: Requirement = { id: 'AB-01', line: 1, text: 'export', issue: 2, status: 'done' };
const pending: Requirement = { id: 'AB-02', line: 2, text: 'restore', issue: 3, status: 'pending' };

/** Put together here, so that the gate does not take it for a citation. */
const cite = (...ids: readonly string[]): string => ids.map(id => `it('[${id}] works')`).join('\n');
const gate = (text: string): readonly string[] =>
  checkCitations([done, pending], findCitations(new Map([['a.test.ts', text]])));

describe('the requirement list', () => {
  it('has one id each, in the order of the document', () => {
    expect(new Set(REQUIREMENTS.map(({ id }) => id)).size).toBe(REQUIREMENTS.length);
    expect(REQUIREMENTS.every(({ id }) => /^[A-Z][A-Z0-9]*-\d{2}$/.test(id))).toBe(true);
    const lines = REQUIREMENTS.map(({ line }) => line);
    expect([...lines].sort((a, b) => a - b)).toEqual(lines);
  });

  it('[P8-02] says of each whether it is done, and which issue finishes what is open', () => {
    expect(REQUIREMENTS.some(({ status }) => status === 'done')).toBe(true);
    const orphans = REQUIREMENTS.filter(({ issue, status }) => issue === null && status === 'done');
    expect(orphans).toEqual([]);
  });
});

describe('the requirement gate', () => {
  it('passes when what is done is cited, and nothing else', () => {
    expect(gate(cite('AB-01'))).toEqual([]);
    expect(gate(`${cite('AB-01')}; const a = [1, 'UTF-8']; // [utf-8] [AB-1] [UTF-8]`)).toEqual([]);
  });

  it('fails on each kind of fault', () => {
    expect(gate('')).toEqual(['AB-01 is done and cited by no test (line 1: export)']);
    expect(gate(cite('AB-01', 'AB-02'))).toEqual(['AB-02 is pending and cited in a.test.ts']);
    expect(gate(cite('AB-01', 'ZZ-99'))).toEqual(['ZZ-99 is cited in a.test.ts and is in no list']);
    expect(checkCitations([done, done], new Map([['AB-01', ['a.test.ts']]]))).toEqual([
      'an id stands in the list twice',
    ]);
  });

  it('names every file that cites', () => {
    const files = new Map([
      ['a.test.ts', cite('AB-01', 'AB-01')],
      ['b.test.ts', cite('AB-01')],
    ]);
    expect(findCitations(files)).toEqual(new Map([['AB-01', ['a.test.ts', 'b.test.ts']]]));
  });

  it('counts', () => {
    expect(summary([done, pending, pending])).toBe('3 requirements: 1 done, 2 pending');
  });
});

describe('the coverage gate', () => {
  it('[GOAL-10] [P7-01] asks for 85 % of lines and branches of every file in src/', () => {
    expect(config({ command: 'serve', mode: 'test' }).test?.coverage).toMatchObject({
      include: ['src/**/*.ts'],
      thresholds: { perFile: true, lines: 85, branches: 85 },
    });
    const run = readFileSync(join(import.meta.dirname, '../.ci/run'), 'utf8');
    expect(run).toContain('--coverage');
  });
});
