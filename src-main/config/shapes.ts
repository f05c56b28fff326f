import { type TProperties, type TSchema, Type } from 'typebox';
import { DURATION_PATTERN, SIZE_PATTERN } from './units.js';

/*
 * The small shapes that settings are made of. `allowed` says in words what may stand there; it follows "must be" in
 * the error. Strings that YAML reads as numbers (`password: 1234`) count as text, as they do for Synapse.
 */

export const flag = () => Type.Boolean({ allowed: 'true or false' });
export const text = (allowed = 'text') => Type.Union([Type.String(), Type.Number()], { allowed });
export const secret = (allowed = 'text') => Type.Union([Type.String(), Type.Number()], { allowed, secret: true });
export const path = (allowed = 'the path of a file') => Type.String({ minLength: 1, allowed });
export const url = () =>
  Type.String({ pattern: '^https?://[^\\s]+$', allowed: 'an address that starts with https:// or http://' });

export const integer = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, allowed: `a whole number from ${minimum} to ${maximum}` });
export const count = () => Type.Integer({ minimum: 0, allowed: 'a whole number, 0 or more' });
export const amount = () => Type.Number({ minimum: 0, allowed: 'a number, 0 or more' });

export const duration = () =>
  Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: DURATION_PATTERN })], {
    allowed: 'a time such as 30s, 5m, 12h, 7d, 4w or 1y, or a number of milliseconds',
  });
export const size = () =>
  Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: SIZE_PATTERN })], {
    allowed: 'a size such as 512K, 50M or 1G, or a number of bytes',
  });

export const oneOf = <const T extends string>(...values: T[]) =>
  Type.Enum(values, { allowed: `one of ${values.map((value) => `\`${value}\``).join(', ')}` });

/** One or several: a single entry may stand without being a list. */
export const oneOrMore = (pattern: string | undefined, allowed: string) => {
  const entry = pattern === undefined ? Type.String() : Type.String({ pattern });
  return Type.Union([entry, Type.Array(entry)], { allowed });
};

/** A section of the file; what is not among `optional` and `required` is warned about. */
export const section = <const O extends TProperties, const R extends TProperties = Record<never, never>>(
  optional: O,
  required?: R,
) =>
  Type.Object(
    { ...Type.Partial(Type.Object(optional)).properties, ...(required ?? ({} as R)) },
    { additionalProperties: false },
  );

/** A section whose keys are free, with values of one shape. */
export const table = <const V extends TSchema>(value: V, allowed: string) =>
  Type.Record(Type.String(), value, { allowed, additionalProperties: value });
