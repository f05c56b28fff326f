import { isObject, type JsonObject, type JsonValue } from '../../base/json.js';
import { MatrixError, notFound } from '../../spec/errors.js';
import { serverOf } from '../../spec/grammar.js';
import type { UserId } from '../../spec/ids.js';
import { parseMxc } from '../../spec/mxc.js';
import { RemoteError, type ServerRequests } from '../servers/index.js';

/** Larger than any profile may be, with what JSON adds to it. */
const MOST_BYTES = 512 * 1024;
const MOST_FIELDS = 1000;
const PATH = '/_matrix/federation/v1/query/profile';

/** Profiles of people elsewhere, as their servers tell them: asked each time, since they may have changed. */
export class RemoteProfiles {
  /** Questions on their way, so that many who ask the same ask once. */
  readonly #asking = new Map<string, Promise<JsonObject>>();

  constructor(private readonly deps: { requests: Pick<ServerRequests, 'json'> }) {}

  /**
   * The whole profile of somebody, or one field of it.
   *
   * @returns an object with that field at most, when one is named; names and pictures are texts
   * @throws MatrixError M_NOT_FOUND, M_FORBIDDEN as that server says; M_UNKNOWN 502 when it says nothing useful
   */
  get(userId: UserId, field?: string): Promise<JsonObject> {
    const question = JSON.stringify([userId, field]);
    const underway = this.#asking.get(question);
    if (underway) return underway;
    const asking = this.#ask(userId, field).finally(() => this.#asking.delete(question));
    this.#asking.set(question, asking);
    return asking;
  }

  async #ask(userId: UserId, field: string | undefined): Promise<JsonObject> {
    const profile = await this.#answer(userId, field);
    if (!isObject(profile)) throw badGateway('its answer is no profile');
    const known = Object.entries(profile).slice(0, MOST_FIELDS);
    return Object.fromEntries(known.filter(([name, value]) => isWanted(name, value, field)));
  }

  async #answer(userId: UserId, field: string | undefined): Promise<JsonValue> {
    try {
      return await this.deps.requests.json({
        destination: serverOf(userId),
        method: 'GET',
        path: PATH,
        query: { user_id: userId, ...(field !== undefined && { field }) },
        maxBytes: MOST_BYTES,
        evenIfDown: true,
      });
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      if (error.status === 404) throw notFound('there is no such profile');
      if (error.status === 403) throw new MatrixError(403, 'M_FORBIDDEN', 'that server does not tell profiles');
      throw badGateway(error.why);
    }
  }
}

const badGateway = (why: string) => new MatrixError(502, 'M_UNKNOWN', `the user's server could not be asked: ${why}`);

/** Clients take names and pictures for texts, so nothing else is passed on as such. */
function isWanted(name: string, value: JsonValue | undefined, field: string | undefined): boolean {
  if (field !== undefined && name !== field) return false;
  if (name === 'displayname') return typeof value === 'string';
  return name !== 'avatar_url' || (typeof value === 'string' && parseMxc(value) !== undefined);
}
