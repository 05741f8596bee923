/**
 * A process of scheduler.test.ts: `fork('looking-process.ts', [stateFile])` looks at the schedule at each time that it is
 * sent, and answers what that came to.
 */
import { runDue } from '../../../src/backup/schedule/scheduler.ts';

const [stateFile = ''] = process.argv.slice(2);
let now = 0;

process.on('message', async (time: number) => {
  now = time;
  const look = await runDue({
    stateFile,
    schedule: async () => ({ schedule: '0 2 * * *', timezone: 'UTC' }),
    backUp: async () => ({ result: 'made', backup: null }),
    onRun: async () => {},
    log: () => {},
    now: () => now,
    sleep: async () => {},
    signal: new AbortController().signal,
  });
  process.send?.(look);
});
