import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { isObject } from '../base/json.js';
import type { ConfigProblem } from './config-error.js';
import { type ConfigDocument, type KeyPath, keyName } from './document.js';

/** What checking a document against its shape found. */
export interface Findings {
  readonly problems: readonly ConfigProblem[];
  /** keys that the shape does not know */
  readonly unknown: readonly KeyPath[];
}

/** The words that a shape carries beside its JSON Schema. */
interface Annotated {
  readonly type?: string;
  /** what may stand here, to follow "must be" */
  readonly allowed?: string;
  /** never repeat the value in an error */
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly additionalProperties?: TSchema | boolean;
}

const LONGEST_VALUE = 60;

/** Checks `document` against `shape`; every wrong value and every unknown key is found, not only the first. */
export function checkDocument(document: ConfigDocument, shape: TSchema): Findings {
  const problems: ConfigProblem[] = [];
  const unknown: KeyPath[] = [];
  const visit = (schema: TSchema, value: unknown, path: KeyPath): void => {
    const { type, properties, items } = schema as Annotated;
    if (type === 'object' && isObject(value)) {
      for (const key of (schema as Annotated).required ?? []) {
        if (!(key in value)) problems.push(document.problem([...path, key], missing(schema, path, key)));
      }
      for (const [key, entry] of Object.entries(value)) {
        const inner = properties?.[key] ?? additional(schema);
        if (inner) visit(inner, entry, [...path, key]);
        else if (!isOpen(schema)) unknown.push([...path, key]);
      }
    } else if (type === 'array' && items && Array.isArray(value)) {
      for (const [i, entry] of value.entries()) visit(items, entry, [...path, i]);
    } else if (!Value.Check(schema, value)) {
      problems.push(document.problem(path, wrong(schema, value, path)));
    }
  };
  visit(shape, document.values, []);
  return { problems, unknown };
}

const additional = (schema: TSchema): TSchema | undefined => {
  const { additionalProperties } = schema as Annotated;
  return isObject(additionalProperties) ? additionalProperties : undefined;
};

const isOpen = (schema: TSchema): boolean => (schema as Annotated).additionalProperties === true;

const missing = (schema: TSchema, path: KeyPath, key: string): string => {
  const property = (schema as Annotated).properties?.[key];
  return `\`${keyName([...path, key])}\` is missing; it must be ${property ? allowedBy(property) : 'given'}.`;
};

function wrong(schema: TSchema, value: unknown, path: KeyPath): string {
  const { secret } = schema as Annotated;
  const said = secret ? 'what it says' : shown(value);
  return `\`${keyName(path)}\` must be ${allowedBy(schema)}, not ${said}.`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'nothing';
  if (isObject(value)) return 'a section with keys of its own';
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** The shape's own words, or what its type says. */
function allowedBy(schema: TSchema): string {
  const { allowed, type } = schema as Annotated;
  if (allowed !== undefined) return allowed;
  if (type === 'object') return 'a section with keys of its own';
  return type === 'array' ? 'a list' : `of type ${String(type)}`;
}
