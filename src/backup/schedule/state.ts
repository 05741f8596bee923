import { readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../../atomic-file.ts';
import { toMemportError } from '../../errors.ts';

const instant = z.iso.datetime({ offset: true });

const runSchema = z.object({
  /** The latest of the slots that this run stands for. */
  slot: instant,
  /** How many: more than one when slots were missed while nothing ran. */
  slots: z.number().int().min(1),
  started_at: instant,
  finished_at: instant,
  result: z.enum(['made', 'unchanged', 'failed']),
  attempts: z.number().int().min(1),
  backup: z.string().nullable(),
  error: z.string().nullable(),
});

const stateSchema = z.looseObject({
  /** Slots up to here are settled: made, unchanged or given up. */
  settled: instant.nullable(),
  /** A slot whose backup failed and is tried again. */
  retry: z
    .object({
      slot: instant,
      attempts: z.number().int().min(1),
      next_attempt_at: instant,
      error: z.string(),
    })
    .nullable(),
  /** The last runs, newest first. */
  runs: z.array(runSchema),
});

/** What became of a slot, or of several that were made up for at once. */
export type ScheduledRun = z.output<typeof runSchema>;
/** What the schedule has done so far, as `state.json` has it. Members of later versions stay. */
export type ScheduleState = z.output<typeof stateSchema>;

export const EMPTY_STATE: ScheduleState = { settled: null, retry: null, runs: [] };
const RUNS_KEPT = 100;

/**
 * Reads the state; a missing file is the empty state. So is one that can't be understood: `onDamage` is told, and unless
 * it is only looked at, the file is set aside.
 */
export async function readState(
  file: string,
  onDamage: (message: string) => void = () => {},
  how: 'look' | 'set aside' = 'set aside',
): Promise<ScheduleState> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (toMemportError(error).code === 'not_found') return EMPTY_STATE;
    throw error;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (error) {
    const aside = `${file}.bad`;
    if (how === 'look') return EMPTY_STATE;
    await rename(file, aside).catch(() => {});
    onDamage(
      `${file} could not be understood and is now ${aside}; the schedule begins anew: ${toMemportError(error).message}`,
    );
    return EMPTY_STATE;
  }
}

export async function writeState(file: string, state: ScheduleState): Promise<void> {
  const kept = { ...state, runs: state.runs.slice(0, RUNS_KEPT) };
  await writeAtomically(file, handle => handle.writeFile(`${JSON.stringify(kept, null, 2)}\n`));
}
