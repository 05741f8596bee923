import { hash } from 'node:crypto';
import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { points, reportFigures, seeded } from '../support/deep.ts';
import * as commands from './commands.ts';
import { DiskModel } from './disk-model.ts';
import { spread } from './prove-killed.ts';
import { expectWhole, isTemporary, type Outcome, same, stateOf } from './state.ts';
import { acknowledged, canTrace, trace } from './strace.ts';

const TIMEOUT_MS = 600_000;
/** Drawn for each moment; states that look alike are proven once. */
const DRAWS = 60;

const COMMANDS = [
  commands.CREATE,
  commands.CREATE_FIRST,
  commands.CLEANUP,
  commands.EXPORT_ARCHIVE,
  commands.EXPORT_JSON,
  commands.EXPORT_MARKDOWN,
  commands.EXPORT_FOLDER,
  commands.EXPORT_FOLDER_FIRST,
  commands.EXPORT_FOLDER_LESS,
  commands.CONFIG_SET,
  commands.KEY_GENERATE,
];

type Files = ReadonlyMap<string, Buffer | null>;

/** Each state that a failure at the moment may leave: all lost, all there, each lost or there alone, and parts at random. */
function* statesAt(model: DiskModel, moment: number, random: () => number): Generator<Files> {
  const unkept = model.unkept(moment);
  yield model.filesAfter(moment, () => false);
  yield model.filesAfter(moment, () => true);
  for (let n = 0; n < unkept; n++) {
    yield model.filesAfter(moment, index => index === n);
    yield model.filesAfter(moment, index => index !== n);
  }
  for (let draw = 0; draw < DRAWS && unkept > 2; draw++) yield model.filesAfter(moment, () => random() < 0.5);
}

describe.skipIf(!canTrace)('the power fails, by a model of what a sync promises, which takes strace', () => {
  for (const [number, command] of COMMANDS.entries())
    test(
      `${command.name} leaves the old or the new, and the new once it says so`,
      async context => {
        const site = await commands.siteFor(command);
        const args = command.args(site);
        const before = await stateOf(site);
        site.reset();
        const run = trace(site, args);
        expect(run).toMatchObject({ code: 0 });
        const after = await stateOf(site);
        expect(same(before, after)).toBe(false);
        site.reset();
        const model = new DiskModel(site, run.calls);
        const said = acknowledged(run.calls);
        const states = new Map<string, { readonly files: Files; readonly isSaid: boolean }>();
        const random = seeded(number);
        for (const moment of [...model.moments, said].sort((a, b) => a - b)) {
          for (const files of statesAt(model, moment, random)) {
            const isSaid = moment >= said;
            const named = [...files].filter(([path]) => !isTemporary(relative(site.folder, path)));
            const key = JSON.stringify([
              isSaid,
              named.map(([path, content]) => [path, content && hash('sha256', content)]).sort(),
            ]);
            if (!states.has(key)) states.set(key, { files, isSaid });
          }
        }
        const outcomes: Record<Outcome, number> = { before: 0, between: 0, after: 0 };
        const tried = spread([...states.values()], points(1000, 8));
        for (const { files, isSaid } of tried) {
          model.materialise(files);
          const outcome = await expectWhole(site, command, before, after);
          outcomes[outcome] += 1;
          if (isSaid) expect(outcome, 'what was said to be done is there').toBe('after');
        }
        expect(outcomes.after).toBeGreaterThan(0);
        reportFigures(context, {
          moments: model.moments.length,
          states: tried.length,
          ...outcomes,
          mixtures: 0,
        });
      },
      TIMEOUT_MS,
    );
});
