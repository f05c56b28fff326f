import { isObject, type JsonObject, type JsonValue } from '../base/json.js';

/** The keys that a dot-separated path goes through. */
export type PropertyPath = readonly string[];

/**
 * Takes `content.m\.relates_to.rel_type` apart: `\.` is a dot in a key, `\\` a backslash, any other backslash itself.
 *
 * @see https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths
 */
export function parsePath(path: string): PropertyPath {
  if (!path.includes('\\')) return path.split('.');
  const keys: string[] = [];
  let key = '';
  for (const [token] of path.matchAll(/\\[\\.]|\.|[^\\.]+|\\/g)) {
    if (token === '.') {
      keys.push(key);
      key = '';
    } else key += token.length === 2 && token.startsWith('\\') ? token.charAt(1) : token;
  }
  return [...keys, key];
}

/** The value at `path`, or undefined when a key is absent or something on the way is no object. */
export function valueAt(object: JsonObject, path: PropertyPath): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * A copy of `object` with nothing but what `paths` lead to.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#filtering `event_fields`
 */
export function project(object: JsonObject, paths: readonly PropertyPath[]): JsonObject {
  const copy = {};
  for (const path of paths) {
    const value = valueAt(object, path);
    if (value !== undefined) put(copy, path, value);
  }
  return copy;
}

/** Parses `event_fields` once, for `project`. */
export const parsePaths = (fields: readonly string[]): PropertyPath[] => fields.map(parsePath);

function put(target: JsonObject, path: PropertyPath, value: JsonValue): void {
  const [key = '', ...rest] = path;
  const inner = Object.hasOwn(target, key) ? target[key] : undefined;
  if (rest.length === 0) return define(target, key, value);
  const copy: JsonObject = isObject(inner) ? { ...inner } : {};
  put(copy, rest, value);
  define(target, key, copy);
}

/** Assigns `__proto__` like any other key. */
const define = (target: JsonObject, key: string, value: JsonValue): void =>
  void Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
