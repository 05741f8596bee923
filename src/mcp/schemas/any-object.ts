import { z } from 'zod';

/** An object with members of any names, also `__proto__`, which `z.record` leaves out. `member` says in JSON Schema what they are. */
function anyObject(member: object, isMember: (value: unknown) => boolean) {
  return z
    .unknown()
    .refine(value => isObject(value) && Object.values(value).every(isMember), 'expected an object')
    .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: member });
}

export const ANY_OBJECT = anyObject({}, () => true);
export const OBJECT_OF_STRINGS = anyObject({ type: 'string' }, value => typeof value === 'string');

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
