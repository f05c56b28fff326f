import { type TInteger, type TOptional, type TProperties, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { type ErrCode, MatrixError } from '../spec/errors.js';

/** Parsed query: the value of each key, or all of them where a key came several times. */
export type RawQuery = Readonly<Record<string, string | string[] | undefined>>;

interface IntLimits {
  /** smaller numbers are refused with M_INVALID_PARAM */
  readonly min?: number;
  /** larger numbers count as this one */
  readonly max?: number;
}

/** An integer in the query. Below `min`: M_INVALID_PARAM; above `max`: `max`; absent: `default`. */
export function intParam(limits: IntLimits & { readonly default: number }): TInteger;
/** An integer in the query that may be absent. Below `min`: M_INVALID_PARAM; above `max`: `max`. */
export function intParam(limits?: IntLimits): TOptional<TInteger>;
export function intParam(limits: IntLimits & { default?: number } = {}): TSchema {
  const { min, max, default: fallback } = limits;
  const shape = Type.Integer({
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { cap: max }),
    ...(fallback === undefined ? {} : { default: fallback }),
  });
  return fallback === undefined ? Type.Optional(shape) : shape;
}

/** An integer in a body that every database can store; JSON knows larger ones. */
export const safeInteger = (limits: { readonly minimum?: number } = {}): TInteger =>
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...limits });

/** `true` or `false` in the query, false when absent. */
export const boolParam = (fallback = false) => Type.Boolean({ default: fallback });

/** A string that comes any number of times in the query: an array, empty when absent. */
export const listParam = (limits: { readonly maxItems?: number } = {}) =>
  Type.Array(Type.String(), { maxItems: 100, ...limits, default: [] });

type Check = (value: unknown) => void;

/** Checks JSON bodies against `shape`; compiled at its first use. @throws MatrixError naming the first wrong key */
export function bodyCheck(shape: TSchema, badBody: ErrCode | undefined): Check {
  let validator: Validator | undefined;
  return (value) => {
    validator ??= Compile(shape);
    if (!validator.Check(value)) throw wrongBody(validator.Errors(value), badBody);
  };
}

/** Checks path parameters. @throws MatrixError M_INVALID_PARAM */
export function paramsCheck(properties: TProperties): Check {
  let validator: Validator | undefined;
  return (value) => {
    validator ??= Compile(Type.Object(properties));
    if (validator.Check(value)) return;
    const { name, what } = describe(validator.Errors(value));
    throw new MatrixError(400, 'M_INVALID_PARAM', `the path's ${name || 'parameters'} ${what}`);
  };
}

/**
 * Reads query parameters into what `properties` declare: numbers, booleans, lists. Keys that are not declared are left
 * out; of a key that came twice where one is expected, the first counts.
 *
 * @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM
 */
export function queryReader(properties: TProperties): (raw: RawQuery) => Record<string, unknown> {
  const readers = Object.entries(properties).map(([name, shape]) => ({ name, read: paramReader(name, shape) }));
  let validator: Validator | undefined;
  return (raw) => {
    const query: Record<string, unknown> = {};
    for (const { name, read } of readers) {
      const value = read(raw[name]);
      if (value !== undefined) query[name] = value;
    }
    validator ??= Compile(Type.Object(properties));
    if (validator.Check(query)) return query;
    throw wrongQuery(validator.Errors(query));
  };
}

type ParamReader = (given: string | string[] | undefined) => unknown;

interface Facts {
  readonly type?: string;
  readonly default?: unknown;
  readonly cap?: number;
}

function paramReader(name: string, shape: TSchema): ParamReader {
  const facts = shape as Facts;
  const fallback = facts.default;
  if (facts.type === 'array') {
    return (given) => (given === undefined ? fallback : Array.isArray(given) ? given : [given]);
  }
  const read = scalarReader(name, facts);
  return (given) => {
    const value = Array.isArray(given) ? given[0] : given;
    return value === undefined ? fallback : read(value);
  };
}

function scalarReader(name: string, { type, cap = Number.MAX_SAFE_INTEGER }: Facts): (text: string) => unknown {
  if (type === 'integer') {
    return (text) => {
      if (!/^[+-]?\d{1,20}$/.test(text)) throw invalid(name, 'must be an integer');
      return Math.min(Number(text), cap);
    };
  }
  if (type === 'boolean') {
    return (text) => {
      if (text !== 'true' && text !== 'false') throw invalid(name, 'must be "true" or "false"');
      return text === 'true';
    };
  }
  return (text) => text;
}

const invalid = (name: string, what: string) =>
  new MatrixError(400, 'M_INVALID_PARAM', `the query parameter ${name} ${what}`);

function wrongQuery(errors: readonly TLocalizedValidationError[]): MatrixError {
  const { name, what, missing } = describe(errors);
  if (missing) return new MatrixError(400, 'M_MISSING_PARAM', `the query parameter ${name} is missing`);
  return invalid(name, what);
}

function wrongBody(errors: readonly TLocalizedValidationError[], badBody: ErrCode | undefined): MatrixError {
  const { name, what, missing } = describe(errors);
  const errcode = badBody ?? (missing ? 'M_MISSING_PARAM' : 'M_BAD_JSON');
  if (missing) return new MatrixError(400, errcode, `the body's key ${name} is missing`);
  return new MatrixError(400, errcode, name ? `the body's key ${name} ${what}` : `the body ${what}`);
}

interface Description {
  /** the wrong key as a dotted path; empty when the whole value is wrong */
  readonly name: string;
  readonly what: string;
  readonly missing: boolean;
}

function describe(errors: readonly TLocalizedValidationError[]): Description {
  const [first] = errors;
  if (!first) return { name: '', what: 'is wrong', missing: false };
  const at = first.instancePath.split('/').slice(1).map(unescapePointer);
  if (first.keyword !== 'required') return { name: readable(at), what: sentence(first, errors), missing: false };
  const [key = ''] = first.params.requiredProperties;
  return { name: readable([...at, key]), what: 'is missing', missing: true };
}

/** Keys come from strangers, and these end in error texts: cut them short. */
const readable = (keys: readonly string[]) => keys.map((key) => key.slice(0, 100)).join('.');

const unescapePointer = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

function sentence(error: TLocalizedValidationError, all: readonly TLocalizedValidationError[]): string {
  switch (error.keyword) {
    case 'type':
      return `must be ${[error.params.type].flat().map(article).join(' or ')}`;
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'const':
      return `must be ${allowedConstants(error.instancePath, all).join(' or ')}`;
    case 'pattern':
      return 'has the wrong form';
    default:
      return error.message;
  }
}

/** A union of literals fails with one error for each. */
const allowedConstants = (instancePath: string, errors: readonly TLocalizedValidationError[]) =>
  errors.flatMap((error) =>
    error.keyword === 'const' && error.instancePath === instancePath ? [String(error.params.allowedValue)] : [],
  );

const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
