import { type Migration, planMigrations } from '../migrations/migration.ts';
import { FEAT038_STEP } from './feat038-record.ts';
import { FEAT044_STEP } from './feat044-step.ts';
import { SHAPES } from './shapes.ts';
import { SQLITE_V1_STEP } from './sqlite/v1-step.ts';
import { SQLITE_V2_FIRST_STEP, SQLITE_V2_STEP } from './sqlite/v2-steps.ts';
import { TUI_STEP } from './tui-step.ts';

/** All of them end in the record of FEAT-038, from which one step leads to memport's. */
export const LEGACY_MIGRATIONS: readonly Migration[] = [
  SQLITE_V1_STEP,
  SQLITE_V2_FIRST_STEP,
  SQLITE_V2_STEP,
  FEAT044_STEP,
  TUI_STEP,
  FEAT038_STEP,
];

/** The steps from a shape of claude-memory-server to today's. Throws RangeError for a shape that it never had. */
export function legacySteps(shape: string): readonly Migration[] {
  const steps = planMigrations(LEGACY_MIGRATIONS, shape, SHAPES.memport);
  if (steps === null) throw new RangeError(`no migration leads from ${shape}`);
  return steps;
}
