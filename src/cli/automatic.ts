import { setTimeout as pause } from 'node:timers/promises';
import type { SchedulerOptions } from '../backup/schedule/scheduler.ts';
import { tell } from './io.ts';
import type { Session } from './session.ts';
import { visible } from './ui/text.ts';

/** The automatic backups of a session's home. What they say goes to stderr, a line each with its time. */
export async function automaticOf(session: Session): Promise<SchedulerOptions> {
  const { automaticBackups } = await import('../backup/automatic.ts');
  const { loadConfig } = await import('../config.ts');
  const { packageVersion } = await import('../version.ts');
  const { home, io } = session;
  await session.makeHome();
  return automaticBackups({
    home,
    env: io.env,
    cwd: io.cwd,
    // Not those of the session: they may change while it runs.
    settings: async () => loadConfig(home.config, io.env).values,
    openStore: () => session.openStore('existing'),
    generator: `memport ${packageVersion()}`,
    log: line => void log(session, line),
    now: io.now,
    sleep: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => {}),
    signal: io.signal,
  });
}

async function log(session: Session, message: string): Promise<void> {
  const at = new Date(session.io.now()).toISOString();
  const line = session.json
    ? JSON.stringify({ message_type: 'status', at, message })
    : `${at} ${visible(message)}`;
  await tell(session.io.stderr, `${line}\n`);
}
