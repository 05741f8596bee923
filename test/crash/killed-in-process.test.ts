import { test } from 'vitest';
import { points } from '../support/deep.ts';
import * as commands from './commands.ts';
import { IN_PROCESS } from './in-process.ts';
import { proveKilled } from './prove-killed.ts';
import { canTrace } from './strace.ts';

/** Each point is a run of the program, and the proof of what it left. */
const KILLED_TIMEOUT_MS = 900_000;
/** Where strace tries them all, it is the hook itself that is to be seen working. */
const POINTS = canTrace ? 60 : 200;

/** With how many points the ordinary run tries. */
const PROOFS: readonly (readonly [commands.Command, number])[] = [
  [commands.IMPORT, 3],
  [commands.RESTORE, 3],
  [commands.UNDO, 3],
  [commands.CREATE, 3],
  [commands.CREATE_FIRST, 2],
  [commands.CLEANUP, 3],
  [commands.EXPORT_ARCHIVE, 2],
  [commands.EXPORT_JSON, 1],
  [commands.EXPORT_FOLDER, 3],
];

for (const [command, sample] of PROOFS)
  test(
    `${command.name}, killed as it begins a call of Node or SQLite, leaves the old or the new`,
    context => proveKilled(context, command, IN_PROCESS, points(POINTS, sample)),
    KILLED_TIMEOUT_MS,
  );
