import { describe, test } from 'vitest';
import { points } from '../support/deep.ts';
import * as commands from './commands.ts';
import { proveKilled } from './prove-killed.ts';
import { BY_STRACE, canTrace } from './strace.ts';

/** Each point is a run of the program under strace, and the proof of what it left. */
const KILLED_TIMEOUT_MS = 900_000;
const POINTS = 200;

/** With how many points the ordinary run tries. */
const PROOFS: readonly (readonly [commands.Command, number])[] = [
  [commands.IMPORT, 6],
  [commands.RESTORE, 6],
  [commands.UNDO, 6],
  [commands.CREATE, 6],
  [commands.CREATE_FIRST, 2],
  [commands.CLEANUP, 7],
  [commands.EXPORT_ARCHIVE, 4],
  [commands.EXPORT_JSON, 2],
  [commands.EXPORT_FOLDER, 4],
];

describe.skipIf(!canTrace)('killed as it begins a system call, which takes strace', () => {
  for (const [command, sample] of PROOFS)
    test(
      `${command.name} leaves the old or the new`,
      context => proveKilled(context, command, BY_STRACE, points(POINTS, sample)),
      KILLED_TIMEOUT_MS,
    );
});
