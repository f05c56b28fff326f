import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './fixtures.js';

type Json = any;

/** One operation of the spec. */
export interface Operation {
  /** `client-server/receipts.yaml#postReceipt` */
  readonly name: string;
  readonly method: string;
  /** `/_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}` */
  readonly path: string;
  /** by status; schemas without references, JSON Schema 2020-12. `undefined` schema: any content */
  readonly responses: ReadonlyMap<string, Json>;
  /** of the JSON body; undefined: there is none */
  readonly requestBody: Json;
  readonly deprecated: boolean;
  /** who may call: with a user's token, with or without one, another server, anybody */
  readonly auth: 'token' | 'optional' | 'server' | 'none';
}

/** The spec's OpenAPI files: our copy, unless a newer one is named. */
export const SPEC_FOLDER: string = process.env['HEARTH_SPEC_OPENAPI'] ?? join(ROOT, 'test', 'fixtures', 'spec-openapi');

const files = new Map<string, Json>();
const operations = new Map<string, ReadonlyMap<string, Operation>>();

/** The operation of `client-server/receipts.yaml#postReceipt`, or undefined when the spec has none of that name. */
export function findOperation(name: string): Operation | undefined {
  const [file = '', operationId = ''] = name.split('#');
  return operationsOf(file).get(operationId);
}

/** All operations of an API: `client-server`, `server-server`. */
export function allOperations(api: string): Operation[] {
  return readdirSync(join(SPEC_FOLDER, 'api', api))
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => [...operationsOf(`${api}/${file}`).values()]);
}

function operationsOf(file: string): ReadonlyMap<string, Operation> {
  const known = operations.get(file);
  if (known) return known;
  const found = readOperations(file);
  operations.set(file, found);
  return found;
}

function readOperations(file: string): ReadonlyMap<string, Operation> {
  const path = join(SPEC_FOLDER, 'api', file);
  if (!existsSync(path)) return new Map();
  const document = load(path);
  const basePath = document.servers?.[0]?.variables?.basePath?.default ?? '';
  const found = new Map<string, Operation>();
  for (const [template, item] of Object.entries<Json>(document.paths ?? {})) {
    for (const [method, operation] of Object.entries<Json>(item)) {
      if (!operation.operationId) continue;
      found.set(operation.operationId, {
        name: `${file}#${operation.operationId}`,
        method: method.toUpperCase(),
        // Two operations at one path are told apart by a space at the end.
        path: `${basePath}${template.trim()}`,
        deprecated: operation.deprecated === true,
        auth: authOf(operation.security ?? []),
        get responses() {
          return responsesOf(operation.responses, path);
        },
        get requestBody() {
          const schema = operation.requestBody?.content?.['application/json']?.schema;
          return schema && withoutReferences(schema, path, []);
        },
      });
    }
  }
  return found;
}

function authOf(security: readonly Json[]): Operation['auth'] {
  const schemes = security.flatMap((scheme) => Object.keys(scheme));
  if (schemes.length === 0) return 'none';
  if (schemes.includes('signedRequest')) return 'server';
  return security.some((scheme) => Object.keys(scheme).length === 0) ? 'optional' : 'token';
}

function responsesOf(responses: Json, file: string): ReadonlyMap<string, Json> {
  return new Map(
    Object.entries<Json>(responses).map(([status, response]) => {
      const { value, file: home } = response.$ref ? follow(response.$ref, file) : { value: response, file };
      const schema = value.content?.['application/json']?.schema;
      return [status, schema && withoutReferences(schema, home, [])];
    }),
  );
}

/** What describes without demanding; without it schemas compile faster. */
const ANNOTATIONS = new Set(['description', 'example', 'examples', 'title', 'deprecated', 'default', 'readOnly']);

/** The schema with every reference replaced by what it stands for. */
function withoutReferences(schema: Json, file: string, above: readonly string[]): Json {
  if (Array.isArray(schema)) return schema.map((item) => withoutReferences(item, file, above));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = schema;
  const own = strip(rest, file, above);
  if ($ref === undefined) return own;
  const { value, file: home, address } = follow($ref, file);
  // A schema that holds itself is checked one round deep.
  const target = above.includes(address) ? {} : withoutReferences(value, home, [...above, address]);
  return Object.keys(own).length === 0 ? target : { allOf: [target, own] };
}

function strip(schema: Json, file: string, above: readonly string[]): Json {
  const kept: Json = {};
  for (const [key, value] of Object.entries<Json>(schema)) {
    if (key === 'properties' || key === 'patternProperties') kept[key] = eachOf(value, file, above);
    else if (!ANNOTATIONS.has(key) && !key.startsWith('x-')) kept[key] = withoutReferences(value, file, above);
  }
  return kept;
}

/** Property names are not keywords: one may well be called `title`. */
const eachOf = (properties: Json, file: string, above: readonly string[]): Json =>
  Object.fromEntries(
    Object.entries<Json>(properties).map(([name, schema]) => [name, withoutReferences(schema, file, above)]),
  );

function follow(reference: string, from: string): { value: Json; file: string; address: string } {
  const [relative = '', pointer = ''] = reference.split('#');
  const file = relative === '' ? from : resolve(dirname(from), relative);
  let value = load(file);
  for (const key of pointer.split('/').slice(1)) value = value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (value === undefined) throw new Error(`${from} refers to ${reference}, which is not there`);
  if (value.$ref && Object.keys(value).length === 1) return follow(value.$ref, file);
  return { value, file, address: `${file}#${pointer}` };
}

function load(file: string): Json {
  const known = files.get(file);
  if (known !== undefined) return known;
  const document = parse(readFileSync(file, 'utf8'), { logLevel: 'error' });
  files.set(file, document);
  return document;
}
