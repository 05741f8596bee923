import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { makeHome } from '../home.ts';
import type { McpHost } from './host.ts';

/** The client's first questions come first. */
const START_AFTER_MS = 1000;

/**
 * Makes the automatic backups of the home while the server runs, and tells the log of each. However many servers do, each
 * slot is made once. Nothing that fails here ends the server. Disposing ends it; a backup that is being made is called
 * off, and whoever looks next makes it.
 */
export function startSchedule(host: McpHost, startAfterMs = START_AFTER_MS): AsyncDisposable {
  const controller = new AbortController();
  const { signal } = controller;
  const running = run(host, startAfterMs, signal).catch(error =>
    host.log('error', `automatic backups have ended: ${messageOf(error)}`),
  );
  return {
    async [Symbol.asyncDispose]() {
      controller.abort('the server ends');
      await running;
    },
  };
}

async function run(host: McpHost, startAfterMs: number, signal: AbortSignal): Promise<void> {
  await sleep(startAfterMs, signal);
  if (signal.aborted) return;
  const { automaticBackups } = await import('../backup/automatic.ts');
  const { runScheduler } = await import('../backup/schedule/scheduler.ts');
  const { home, env, now, generator } = host;
  let told = '';
  await runScheduler(
    automaticBackups({
      home,
      env,
      cwd: home.path,
      settings: async () => {
        const config = host.config();
        // What is only switched on by the environment has no home yet.
        if (config.enable_auto_backup) await makeHome(home);
        return config;
      },
      openStore: () => host.openStore(),
      generator,
      log: (line, level) => {
        // What is wrong is found again at each look, and is told once.
        if (line !== told) host.log(level, line);
        told = line;
      },
      now,
      sleep,
      signal,
    }),
  );
}

/** Resolves also, and at once, when the signal aborts. */
async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => {});
}
