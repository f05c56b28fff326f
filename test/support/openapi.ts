import { appendFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { Routes } from '../../src-main/http/routes.js';
import { MatrixError } from '../../src-main/spec/errors.js';
import { findOperation, type Operation } from './openapi-source.js';

/** A response as a client got it. */
export interface Seen {
  readonly method: string;
  /** path and query */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  /** parsed JSON, or undefined */
  readonly body: unknown;
}

/** HTTP's own answers about files: a part of one, the same as before, no such part. */
const PARTS_OF_FILES: ReadonlySet<number> = new Set([206, 304, 416]);
const ANY_LISTENER = ['client', 'media', 'federation', 'keys', 'metrics', 'health'] as const;
/** Errors that every operation may answer, whether its page says so or not. */
const GENERIC = new Set([400, 401, 403, 404, 405, 408, 413, 429, 500, 502, 503, 504, 507]);
/** Grammars of the spec's own formats; the parts that this server does not decide stay loose. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'mx-user-id': /^@[^:]*:.+$/,
  'mx-room-id': /^!.+$/,
  'mx-event-id': /^\$.+$/,
  'mx-room-alias': /^#[^:]*:.+$/,
  'mx-mxc-uri': /^mxc:\/\/[^/]+\/[\w-]+$/,
  'mx-server-name': /^[A-Za-z0-9.:[\]-]+$/,
  'mx-unpadded-base64': /^[A-Za-z0-9+/]*$/,
  'mx-urlsafe-unpadded-base64': /^[A-Za-z0-9_-]*$/,
};

/** Answers that the page does not foresee, and every client does. */
const TOLERATED: Readonly<Record<string, (seen: Seen) => boolean>> = {
  // a server without TURN says so by an empty object
  'client-server/voip.yaml#getTurnServer': ({ status, body }) => status === 200 && JSON.stringify(body) === '{}',
  // a whole event is a content of any keys too, and the page wants one of the two
  'client-server/rooms.yaml#getRoomStateWithKey': ({ status, url }) => status === 200 && url.includes('format=event'),
  'client-server/key_backup.yaml#getRoomKeysVersionCurrent': hasUnknownAlgorithm,
  'client-server/key_backup.yaml#getRoomKeysVersion': hasUnknownAlgorithm,
  // matrix-nio reads a list of devices only when unknown fields are there as null, as in Synapse's
  'client-server/device_management.yaml#getDevices': ({ body }) =>
    ((body as { devices?: unknown[] }).devices ?? []).every(isDeviceWithNulls),
  'client-server/device_management.yaml#getDevice': ({ status, body }) => status === 200 && isDeviceWithNulls(body),
  // what is to be sent later has no event id yet
  'client-server/room_send.yaml#sendMessage': isDelayed,
  'client-server/room_state.yaml#setRoomStateWithKey': isDelayed,
};

function isDelayed({ status, url, body }: Seen): boolean {
  const keys = Object.keys(body as object);
  return status === 200 && url.includes('org.matrix.msc4140.delay=') && keys.length === 1 && keys[0] === 'delay_id';
}

function isDeviceWithNulls(body: unknown): boolean {
  const { device_id: id, display_name: name, last_seen_ip: ip, last_seen_ts: ts } = body as Record<string, unknown>;
  const isText = (value: unknown) => value === null || typeof value === 'string';
  return typeof id === 'string' && isText(name) && isText(ip) && (ts === null || Number.isSafeInteger(ts));
}

/** The server keeps backups of any algorithm; the page knows one. */
function hasUnknownAlgorithm({ status, body }: Seen): boolean {
  return status === 200 && !String((body as { algorithm?: unknown }).algorithm).startsWith('m.megolm_backup.v1.');
}

const ajv = createAjv();
const validators = new Map<string, ValidateFunction>();
const exercised = new Set<string>();

/** Names of the operations whose responses were checked in this process. */
export const exercisedOperations = (): ReadonlySet<string> => exercised;

/** Checks every response against the schema of its operation; made once for each homeserver. */
export class ResponseCheck {
  readonly #routes: Routes;

  constructor(endpoints: readonly Endpoint[]) {
    this.#routes = new Routes(endpoints);
  }

  /** @throws Error that names the operation and the JSON pointer of what the spec forbids */
  check(seen: Seen): void {
    if (seen.method === 'OPTIONS') return;
    const name = this.#specOf(seen);
    const operation = name === undefined || name === '-' ? undefined : findOperation(name);
    if (operation) checkOperation(operation, seen);
    else if (seen.status >= 400 && !isPage(name, seen)) checkStandardError(seen, name ?? 'no endpoint');
  }

  #specOf({ method, url }: Seen): string | undefined {
    try {
      return this.#routes.find(method, url, ANY_LISTENER).route.endpoint.spec;
    } catch (error) {
      if (error instanceof MatrixError) return undefined;
      throw error;
    }
  }
}

/** @throws Error when the spec forbids that answer of `operation` */
export function checkOperation(operation: Operation, seen: Seen): void {
  remember(operation.name);
  const status = String(seen.status);
  if (!operation.responses.has(status)) {
    if (PARTS_OF_FILES.has(seen.status)) return;
    if (seen.status === 401 && isAuthenticationRequest(seen.body)) return;
    if (GENERIC.has(seen.status)) return checkStandardError(seen, operation.name);
    throw violation(operation.name, seen, `the spec knows no status ${status} here`);
  }
  const schema = operation.responses.get(status);
  if (!schema || seen.method === 'HEAD' || TOLERATED[operation.name]?.(seen)) return;
  if (!seen.contentType.startsWith('application/json')) {
    throw violation(operation.name, seen, `the content type is ${seen.contentType || 'missing'}`);
  }
  const wrong = problems(`${operation.name} ${status}`, schema, seen.body);
  if (!wrong || (seen.status >= 400 && isStandardError(seen.body))) return;
  throw violation(operation.name, seen, wrong);
}

/** `HEARTH_EXERCISED=file` gathers the names from all test files: `sort -u file` says which operations the suite calls. */
function remember(name: string): void {
  if (exercised.has(name)) return;
  exercised.add(name);
  const file = process.env['HEARTH_EXERCISED'];
  if (file) appendFileSync(file, `${name}\n`);
}

function checkStandardError(seen: Seen, name: string): void {
  if (seen.method === 'HEAD' || isStandardError(seen.body)) return;
  throw violation(name, seen, 'this is not the standard error response');
}

/** What people look at in a browser: no operation of the spec, and no JSON. */
const isPage = (name: string | undefined, { contentType }: Seen) => name === '-' && contentType.startsWith('text/html');

const isStandardError = (body: unknown) => {
  const { errcode, error } = (body ?? {}) as { errcode?: unknown; error?: unknown };
  return typeof errcode === 'string' && /^[A-Z][A-Z0-9_.]+$/.test(errcode) && typeof error === 'string';
};

/** What user-interactive authentication asks; cross_signing.yaml says so in words only. */
const isAuthenticationRequest = (body: unknown) => {
  const { flows, session } = (body ?? {}) as { flows?: unknown; session?: unknown };
  return Array.isArray(flows) && typeof session === 'string';
};

/** What `schema` forbids in `body`; undefined when nothing. @param key names the schema, which is compiled once */
export function problems(key: string, schema: object, body: unknown): string | undefined {
  let validate = validators.get(key);
  if (!validate) {
    validate = ajv.compile(schema);
    validators.set(key, validate);
  }
  if (validate(body)) return undefined;
  return validate.errors
    ?.slice(0, 5)
    .map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}

function violation(name: string, { method, url, status, body }: Seen, what: string): Error {
  const shown = JSON.stringify(body)?.slice(0, 2000);
  return new Error(`${name}: ${what}\n${method} ${url} answered ${status} ${shown}`);
}

function createAjv(): Ajv2020 {
  const created = new Ajv2020({ strict: false, validateSchema: false, allErrors: false, logger: false });
  (ajvFormats as unknown as (target: Ajv2020) => void)(created);
  for (const [name, grammar] of Object.entries(FORMATS)) created.addFormat(name, grammar);
  return created;
}
