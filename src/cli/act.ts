import type { Command } from 'commander';
import type { Session } from './session.ts';

/** What a command does; its operands are `command.args`, its options `command.opts()`. */
export type Action = (session: Session, command: Command) => Promise<void>;

/** Turns an action into one that commander calls, with the command as `this`. */
export type Act = (action: Action) => (this: Command) => Promise<void>;

export type CommandMaker = (act: Act) => Command;
