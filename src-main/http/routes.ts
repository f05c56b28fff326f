import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { ListenerResource } from '../config/config.js';
import { MatrixError, unrecognized } from '../spec/errors.js';
import type { Endpoint } from './endpoint.js';
import { carries } from './resource.js';
import { bodyCheck, paramsCheck, queryReader } from './shapes.js';

/** An endpoint with its checks. */
export interface Route {
  readonly endpoint: Endpoint;
  /** the path as declared, to name the route in logs and counters */
  readonly path: string;
  readonly readQuery: ReturnType<typeof queryReader>;
  readonly checkParams: ReturnType<typeof paramsCheck>;
  readonly checkBody: ReturnType<typeof bodyCheck> | undefined;
  readonly resourceOf: (carried: readonly ListenerResource[]) => boolean;
}

export interface Match {
  readonly route: Route;
  /** path parameters, decoded once */
  readonly params: Readonly<Record<string, string>>;
  /** all that follows the question mark, as it came */
  readonly queryText: string;
}

/** Longer than any request line that the listeners take. */
const MAX_PARAM_LENGTH = 65_536;
const METHODS: readonly HTTPMethod[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** All paths that an endpoint answers: its own, its aliases, and the `r0` spelling of each where it has one. */
export function pathsOf({ path, aliases = [], r0 }: Pick<Endpoint, 'path' | 'aliases' | 'r0'>): string[] {
  const declared = [path, ...aliases];
  const old = r0
    ? declared.map((known) => known.replace(/^\/_matrix\/(client|media)\/v[13]\//, '/_matrix/$1/r0/'))
    : [];
  return [...new Set([...declared, ...old])];
}

/** Finds the endpoint for a request in a radix tree. */
export class Routes {
  readonly #router = findMyWay({
    maxParamLength: MAX_PARAM_LENGTH,
    querystringParser: (text) => text,
    onBadUrl: () => undefined,
  });

  /** @throws Error when two endpoints answer the same path and method */
  constructor(endpoints: readonly Endpoint[]) {
    for (const endpoint of endpoints) {
      const route = toRoute(endpoint);
      for (const path of pathsOf(endpoint)) {
        const store = { ...route, path, resourceOf: (carried: readonly ListenerResource[]) => carries(carried, path) };
        this.#router.on(endpoint.method, path, () => undefined, store);
      }
    }
  }

  /**
   * @param carried what the listener serves; anything else does not exist there
   * @throws MatrixError M_UNRECOGNIZED: 404 for an unknown path, 405 for a known one with another method;
   *   M_UNKNOWN 400 for a path whose percent-encoding is wrong
   */
  find(method: string, url: string, carried: readonly ListenerResource[]): Match {
    const match = this.#lookup(method === 'HEAD' ? 'GET' : method, url);
    if (match?.route.resourceOf(carried)) return match;
    throw unrecognized(this.#knowsOtherMethod(url, carried) ? 405 : 404);
  }

  #lookup(method: string, url: string): Match | undefined {
    const found = this.#router.find(method as HTTPMethod, url);
    if (!found) return undefined;
    const route = found.store as Route | null;
    if (!route) throw new MatrixError(400, 'M_UNKNOWN', 'the percent-encoding of the path is wrong');
    const params = found.params as Record<string, string>;
    // A parameter that may be empty has a path of its own, ending in a slash.
    for (const name in params) if (params[name] === '') return undefined;
    return { route, params, queryText: found.searchParams as unknown as string };
  }

  #knowsOtherMethod(url: string, carried: readonly ListenerResource[]): boolean {
    return METHODS.some((method) => this.#lookup(method, url)?.route.resourceOf(carried));
  }
}

const toRoute = (endpoint: Endpoint): Omit<Route, 'path' | 'resourceOf'> => ({
  endpoint,
  readQuery: queryReader(endpoint.query ?? {}),
  checkParams: paramsCheck(endpoint.params ?? {}),
  checkBody: endpoint.body ? bodyCheck(endpoint.body, endpoint.badBody) : undefined,
});
