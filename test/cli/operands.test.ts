import { Command } from 'commander';
import { expect, test } from 'vitest';
import { operand } from '../../src/cli/operands.ts';

function parsed(...args: string[]): Command {
  const command = new Command('rename').argument('[old]').argument('[new]').allowExcessArguments();
  return command.parse(args, { from: 'user' });
}

test('operands are told by their place, an empty one is one', () => {
  const command = parsed('a', '', 'c');
  expect([0, 1, 2].map(position => operand(command, position))).toEqual(['a', '', 'c']);
});

test('a missing operand is a usage error that names it', () => {
  expect(() => operand(parsed('a'), 1)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: "missing required argument 'new'",
      hint: 'memport rename --help',
    }),
  );
  expect(() => operand(parsed(), 2)).toThrow("missing required argument 'operand 3'");
});
