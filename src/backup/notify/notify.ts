import { toMemportError } from '../../errors.ts';
import { notifyDesktop } from './desktop.ts';
import type { Notice } from './notice.ts';
import { runProgram } from './run-program.ts';
import { postWebhook } from './webhook.ts';

/** `backup_notify`: of which runs anything is told. An unchanged store is a completion. */
export const NOTIFY_ON = ['failure', 'completion', 'always', 'none'] as const;

/** Where notices go, beside the log. */
export interface Channels {
  readonly on: (typeof NOTIFY_ON)[number];
  readonly desktop: boolean;
  /** A command line for the system's shell; it gets the notice as JSON on its standard input. */
  readonly command: string | null;
  readonly webhook: string | null;
}

type Send = (notice: Notice) => Promise<unknown>;

/** Sends a notice wherever it is wanted, and resolves to what failed, a sentence each. Never rejects: a backup is no less made. */
export async function notify(notice: Notice, channels: Channels): Promise<readonly string[]> {
  const { on, desktop, command, webhook } = channels;
  const wanted = on === 'always' || on === (notice.event === 'backup_failed' ? 'failure' : 'completion');
  if (!wanted) return [];
  const sends: readonly (readonly [string, Send])[] = [
    ...(desktop ? [['desktop', notifyDesktop] as const] : []),
    ...(command === null ? [] : [['command', runCommand(command)] as const]),
    ...(webhook === null ? [] : [['webhook', (sent: Notice) => postWebhook(webhook, sent)] as const]),
  ];
  const failures = await Promise.all(
    sends.map(async ([name, send]) => {
      try {
        await send(notice);
        return null;
      } catch (error) {
        return `the ${name} was not told: ${toMemportError(error).message}`;
      }
    }),
  );
  return failures.filter(failure => failure !== null);
}

function runCommand(command: string): Send {
  return notice => runProgram(command, [], { shell: true, input: `${JSON.stringify(notice)}\n` });
}
