import type { Command } from 'commander';
import { MemportError } from '../errors.ts';

/** Refuses an empty operand, which is most often a variable of the shell that is not set. */
export function refuseEmpty(value: string, what: string): void {
  if (value !== '') return;
  throw new MemportError('usage', `${what} has an empty name`, {
    hint: 'Is a variable in the command not set?',
  });
}

/** The operand of a command at this position, counted from 0. Throws `usage` where it is missing. */
export function operand(command: Command, position: number): string {
  const value = command.args[position];
  if (value !== undefined) return value;
  const name = command.registeredArguments[position]?.name() ?? `operand ${position + 1}`;
  throw new MemportError('usage', `missing required argument '${name}'`, {
    hint: `memport ${command.name()} --help`,
  });
}
