import type { Command } from 'commander';
import { MemportError } from '../errors.ts';

/** The operand of a command at this position, counted from 0. Throws `usage` where it is missing. */
export function operand(command: Command, position: number): string {
  const value = command.args[position];
  if (value !== undefined) return value;
  const name = command.registeredArguments[position]?.name() ?? `operand ${position + 1}`;
  throw new MemportError('usage', `missing required argument '${name}'`, {
    hint: `memport ${command.name()} --help`,
  });
}
