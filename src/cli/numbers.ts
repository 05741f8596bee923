import { MemportError } from '../errors.ts';

/** A whole number of at least `least`, or a usage error that names the option. */
export function readCount(text: string, option: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,12}$/.test(text) && value >= least) return value;
  throw new MemportError('usage', `${option} can't be ${JSON.stringify(text)}`, {
    hint: `it is a whole number of at least ${least}`,
  });
}
