/** Any JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object; absent keys are undefined, never null. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** True for a JSON object, false for arrays, null and everything else. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The string at `key`, or undefined when it is absent or of another type. */
export function stringAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** The integer at `key`, or undefined when it is absent, fractional or of another type. */
export function integerAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** The object at `key`, or undefined when it is absent or of another type. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isObject(value) ? value : undefined;
}

/** The array at `key`, or undefined when it is absent or of another type. */
export function arrayAt(object: JsonObject | undefined, key: string): readonly JsonValue[] | undefined {
  const value = object?.[key];
  return Array.isArray(value) ? value : undefined;
}

/** Parses text that this server wrote itself, such as a column of its database. */
export const parseOwn = <T = JsonObject>(text: string): T => JSON.parse(text) as T;
