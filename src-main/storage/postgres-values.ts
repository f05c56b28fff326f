import pg from 'pg';
import type { SqlParameter } from './database.js';

const NUL = '\u0001\u0001';
const SOH = '\u0001\u0002';
/* oxlint-disable no-control-regex -- control characters are what this is about */
const UNSTORABLE = /[\u0000\u0001]/g;
const ENCODED = /\u0001[\u0001\u0002]/g;
/* oxlint-enable no-control-regex */

/**
 * PostgreSQL cannot store the character U+0000, which event types and the like may have. It travels as U+0001 U+0001,
 * and U+0001 as U+0001 U+0002: that can be undone and keeps the order of texts.
 */
export const encodeText = (text: string): string => text.replace(UNSTORABLE, (char) => (char === '\u0000' ? NUL : SOH));

/** Undoes `encodeText`. */
export const decodeText = (text: string): string =>
  text.includes('\u0001') ? text.replaceAll(ENCODED, (pair) => (pair === NUL ? '\u0000' : '\u0001')) : text;

/** A parameter as the driver takes it. */
export function toPostgresValue(parameter: SqlParameter): unknown {
  if (typeof parameter === 'string') return encodeText(parameter);
  if (Array.isArray(parameter)) return (parameter as readonly unknown[]).map(encodeItem);
  return parameter;
}

const encodeItem = (item: unknown): unknown => (typeof item === 'string' ? encodeText(item) : item);

const { builtins } = pg.types;

/** How columns are read: numbers as numbers, as SQLite gives them, and text decoded. */
export const postgresTypes: pg.CustomTypesConfig = {
  getTypeParser(type, format) {
    if (format === 'binary') return pg.types.getTypeParser(type, 'binary');
    switch (type) {
      case builtins.INT8:
      case builtins.NUMERIC:
        return Number;
      case builtins.TEXT:
      case builtins.VARCHAR:
        return decodeText;
      default:
        return pg.types.getTypeParser(type, 'text');
    }
  },
};
