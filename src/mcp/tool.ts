import type { z } from 'zod';
import { type ErrorCode, MemportError } from '../errors.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { McpHost } from './host.ts';

/** What a tool does to its surroundings; clients decide by this what needs the user's leave. */
export interface Effects {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
}

export const READS: Effects = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };

/** One call: what it may use, and what it obeys. */
export interface ToolCall extends WorkOptions {
  readonly host: McpHost;
  /** The real path of what a tool may read; see paths.ts. */
  readonly readable: (path: string) => Promise<string>;
  /** The real path of a new file that a tool may write; see paths.ts. */
  readonly writable: (path: string) => Promise<string>;
}

/** Short text for a model, and everything as data. */
export interface Answer {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How to recover from an error of a tool, where the tool knows better than the table of errors. */
export type Recovery = Readonly<Partial<Record<ErrorCode, string>>>;

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For a model that has never seen memport. */
  readonly description: string;
  readonly effects: Effects;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly recovery: Recovery;
  /** The phases of the work's progress, in their order. */
  readonly phases: readonly string[];
  /** Throws MemportError. */
  run(args: unknown, call: ToolCall): Promise<Answer>;
}

export interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject>
  extends Omit<Tool, 'input' | 'output' | 'run' | 'recovery' | 'phases'> {
  readonly input: I;
  readonly output: O;
  readonly recovery?: Recovery;
  readonly phases?: readonly string[];
  run(args: z.output<I>, call: ToolCall): Promise<{ readonly text: string; readonly data: z.input<O> }>;
}

/** A tool whose arguments are checked before it runs. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(spec: ToolSpec<I, O>): Tool {
  return {
    recovery: {},
    phases: [],
    ...spec,
    run: (args, call) => spec.run(checked(spec.input, args), call),
  };
}

function checked<S extends z.ZodObject>(schema: S, args: unknown): z.output<S> {
  const read = schema.safeParse(args);
  if (read.success) return read.data;
  const told = read.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`);
  throw new MemportError('usage', `wrong arguments: ${told.join('; ')}`, {
    hint: `The arguments are ${Object.keys(schema.shape).join(', ')}. Correct them and call again; nothing was touched.`,
  });
}
