import { type Instant, isTooFine, parseInstant } from './instant.ts';
import { isJsonObject, type JsonObject, type JsonValue, NumberToken } from './json.ts';

/** A record that can't be stored. The message is the reason, for people. */
export class RecordError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RecordError';
  }
}

/** Told of what was changed to make a record fit. */
export type Warn = (warning: string) => void;

/** Reads the members of one record, each checked; what does not fit throws RecordError with the member's name. */
export class FieldReader {
  readonly #record: JsonObject;
  readonly #warn: Warn;

  constructor(record: JsonObject, warn: Warn) {
    this.#record = record;
    this.#warn = warn;
  }

  /** The member, with null for a missing one. Only own members count: a record is hostile input. */
  value(name: string): JsonValue {
    return Object.hasOwn(this.#record, name) ? (this.#record[name] ?? null) : null;
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string')
      throw new RecordError(`${name} is ${value === null ? 'missing' : 'not text'}`);
    return value;
  }

  filledText(name: string): string {
    const value = this.text(name);
    if (value === '') throw new RecordError(`${name} is empty`);
    return value;
  }

  optionalText(name: string): string | null {
    return this.value(name) === null ? null : this.text(name);
  }

  /** One of `allowed`; a missing one gives `fallback`, any other is refused. */
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.value(name);
    if (value === null) return fallback;
    const match = allowed.find(choice => choice === value);
    if (match === undefined) throw new RecordError(`${name} is not one of ${allowed.join(', ')}`);
    return match;
  }

  /** A number from 0 to 1; missing gives `fallback`. */
  unitInterval(name: string, fallback: number): number {
    const value = this.optionalNumber(name);
    if (value === null) return fallback;
    if (value < 0 || value > 1) throw new RecordError(`${name} is not between 0 and 1`);
    return value;
  }

  optionalNumber(name: string): number | null {
    const value = this.value(name);
    if (value === null) return null;
    const number = value instanceof NumberToken ? Number(value.text) : value;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw new RecordError(`${name} is not a number`);
    return number;
  }

  optionalInteger(name: string): number | null {
    const value = this.optionalNumber(name);
    if (value !== null && (!Number.isSafeInteger(value) || value < 0))
      throw new RecordError(`${name} is not a whole number`);
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.value(name);
    if (value === null) return fallback;
    if (typeof value !== 'boolean') throw new RecordError(`${name} is not true or false`);
    return value;
  }

  texts(name: string): readonly string[] {
    return this.list(name).map(item => {
      if (typeof item !== 'string') throw new RecordError(`${name} holds something that is not text`);
      return item;
    });
  }

  list(name: string): readonly JsonValue[] {
    const value = this.value(name);
    if (value === null) return [];
    if (!Array.isArray(value)) throw new RecordError(`${name} is not a list`);
    return value as readonly JsonValue[];
  }

  object(name: string): JsonObject {
    const value = this.value(name);
    if (value === null) return {};
    if (!isJsonObject(value)) throw new RecordError(`${name} is not an object`);
    return value;
  }

  optionalInstant(name: string): Instant | null {
    const text = this.optionalText(name);
    if (text === null) return null;
    const instant = parseInstant(text);
    if (instant === null)
      throw new RecordError(`${name} is not a date: ${JSON.stringify(text.slice(0, 60))}`);
    if (isTooFine(text)) this.#warn(`${name} has digits below the microsecond, which were cut off`);
    return instant;
  }

  /** The members that are not in `known`. */
  others(known: ReadonlySet<string>): JsonObject {
    const names = Object.keys(this.#record).filter(name => !known.has(name));
    return names.length === 0 ? {} : Object.fromEntries(names.map(name => [name, this.value(name)]));
  }
}
