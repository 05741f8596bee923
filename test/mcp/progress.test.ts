import { describe, expect, test } from 'vitest';
import { type ProgressNote, ProgressReporter } from '../../src/mcp/progress.ts';

function reporter(
  phases: readonly string[],
  step = 100,
): { notes: ProgressNote[]; reporter: ProgressReporter } {
  const notes: ProgressNote[] = [];
  let now = 0;
  const clock = (): number => {
    now += step;
    return now;
  };
  return { notes, reporter: new ProgressReporter(phases, async note => void notes.push(note), clock) };
}

describe('progress', () => {
  test('grows over the phases and ends at the total', async () => {
    const { notes, reporter: it } = reporter(['verifying', 'importing|trying']);
    it.update({ phase: 'verifying', done: 1, total: 4, unit: 'bytes' });
    it.update({ phase: 'verifying', done: 4, total: 4, unit: 'bytes' });
    it.update({ phase: 'trying', done: 0, total: 10, unit: 'records' });
    it.update({ phase: 'trying', done: 5, total: 10, unit: 'records' });
    it.update({ phase: 'verifying', done: 1, total: 4, unit: 'bytes' });
    it.update({ phase: 'trying', done: 20, total: 10, unit: 'records' });
    await it.finish();
    expect(notes.map(({ progress }) => progress)).toEqual([12.5, 50, 75, 99.9, 100]);
    expect(notes[2]).toEqual({ progress: 75, total: 100, message: 'trying: 5 of 10 records' });
  });

  test('without a total comes near to the end and never there', () => {
    const { notes, reporter: it } = reporter(['comparing']);
    for (const done of [0, 1000, 9000, 10 ** 9])
      it.update({ phase: 'comparing', done, total: null, unit: 'records' });
    expect(notes.map(({ progress }) => progress)).toEqual([50, 90, 99.9]);
    expect(notes[0]?.message).toBe('comparing: 1000 records');
  });

  test('of nothing is complete at once', () => {
    const { notes, reporter: it } = reporter(['writing', 'verifying']);
    it.update({ phase: 'writing', done: 0, total: 0, unit: 'records' });
    expect(notes).toMatchObject([{ progress: 50 }]);
  });

  test('is not sent more often than a person could read it', () => {
    const { notes, reporter: it } = reporter(['writing'], 1);
    for (let done = 1; done <= 500; done++)
      it.update({ phase: 'writing', done, total: 500, unit: 'records' });
    expect(notes.length).toBeLessThan(20);
  });

  test('of an unknown phase counts for what is going on', () => {
    const { notes, reporter: it } = reporter([]);
    it.update({ phase: 'dreaming', done: 1, total: 2, unit: 'records' });
    expect(notes).toMatchObject([{ progress: 50, message: 'dreaming: 1 of 2 records' }]);
  });
});
