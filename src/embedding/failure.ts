import { toMemportError } from '../errors.ts';

/** A warning for people about vectors that could not be made: why, and what becomes of the memories. */
export function describeFailure(model: string, error: unknown): string {
  const { message, hint } = toMemportError(error);
  const why = hint === null ? message : `${message} (${hint})`;
  return `${model} made no vectors: ${why}; what has none is stored all the same, found by full text, and completed by memport embed`;
}
