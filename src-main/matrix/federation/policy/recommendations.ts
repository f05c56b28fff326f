import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import { Semaphore } from '../../../base/semaphore.js';
import { canonicalJson } from '../../../spec/canonical-json.js';
import { checkEventLimits } from '../../../spec/event-limits.js';
import { roomEvent } from '../../../spec/event.js';
import type { EventId, ServerName } from '../../../spec/ids.js';
import { isRecommended, POLICY_KEY_ID, type PolicyServer, withRecommendation } from '../../../spec/policy-server.js';
import type { CheckedEvent } from '../../events/index.js';
import { RemoteError, type ServerRequests } from '../../servers/index.js';

interface RecommendationsDeps {
  readonly requests: Pick<ServerRequests, 'json'>;
  readonly caches: Caches;
  readonly clock: Clock;
}

/** Where policy servers are asked, and where those of before it was in the spec are. */
const PATH = '/_matrix/policy/v1/sign';
const OLD_PATH = '/_matrix/policy/unstable/org.matrix.msc4284/sign';
/** They may look at media first; somebody waits for an event of ours, and a room for one that came. */
const PATIENCE = { ours: 30_000, theirs: 10_000 } as const;
const MAX_BYTES = 64 * 1024;
/** Questions about events that came, all policy servers together. */
const AT_ONCE = 32;
/** How long a verdict is remembered: events come again and again until they have their place. */
const KEPT: Milliseconds = 600_000;
/** How long a policy server that does not answer is not asked about what comes from elsewhere. */
const REST: Milliseconds = 30_000;

interface Verdict {
  /** or why there is none */
  readonly signature: string | RemoteError;
  readonly until: Milliseconds;
}

/**
 * What policy servers say of events.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#asking-for-a-policy-server-signature-on-an-event
 */
export class Recommendations {
  readonly #verdicts: Cache<string, Verdict>;
  readonly #asked = new Map<string, Promise<string>>();
  readonly #resting: Cache<ServerName, { readonly until: Milliseconds }>;
  readonly #places = new Semaphore(AT_ONCE);

  constructor(private readonly deps: RecommendationsDeps) {
    this.#verdicts = deps.caches.lru('verdicts of policy servers', { share: 0.001, entryBytes: 500 });
    this.#resting = deps.caches.lru('policy servers that rest', { share: 0.0005, entryBytes: 200 });
  }

  /**
   * The event with the recommendation of the policy server.
   *
   * @param whose an event of ours is asked about even if the policy server did not answer of late
   * @throws RemoteError when it does not recommend the event (`answered`), or nobody knows whether it would
   */
  async recommended(policy: PolicyServer, given: CheckedEvent, whose: 'ours' | 'theirs'): Promise<CheckedEvent> {
    const { event, text } = given;
    const signature = await this.#signature(policy, event.eventId, text, whose);
    const pdu = withRecommendation(event.pdu, policy, signature);
    if (!isRecommended(pdu, event.rules, policy)) {
      throw new RemoteError('invalid', policy.server, 'it signed an event with another key than the room names');
    }
    const signed = canonicalJson(pdu, event.rules.strictCanonicalJson ? 'strict' : 'lenient');
    // An event of somebody else that has no room for the signature is good without.
    if (whose === 'theirs' && !checkEventLimits(pdu, event.rules, event, signed).within) return given;
    return { event: roomEvent(pdu, event.rules, event.eventId, event.roomId), text: signed };
  }

  async #signature(policy: PolicyServer, eventId: EventId, text: string, whose: keyof typeof PATIENCE) {
    const { clock } = this.deps;
    const { server } = policy;
    const key = `${server} ${eventId}`;
    const known = this.#verdicts.get(key);
    if (known && known.until > clock.now()) {
      if (typeof known.signature === 'string') return known.signature;
      throw known.signature;
    }
    if (whose === 'theirs' && (this.#resting.get(server)?.until ?? 0) > clock.now()) {
      throw new RemoteError('resting', server, 'the policy server did not answer of late');
    }
    const asked = this.#asked.get(key) ?? this.#start(key, server, text, whose);
    return asked;
  }

  /** Everybody who wants to know the same waits for the same answer. */
  #start(key: string, server: ServerName, text: string, whose: keyof typeof PATIENCE): Promise<string> {
    const asking = this.#inTurn(server, text, whose)
      .then(
        (signature) => this.#remember(key, signature),
        (error: unknown) => this.#failed(key, server, error),
      )
      .finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return asking;
  }

  #inTurn(server: ServerName, text: string, whose: keyof typeof PATIENCE): Promise<string> {
    const ask = () => this.#ask(server, text, PATIENCE[whose]);
    return whose === 'ours' ? ask() : this.#places.run(ask);
  }

  async #ask(server: ServerName, bodyText: string, timeout: Milliseconds): Promise<string> {
    const request = { destination: server, method: 'POST', bodyText, timeout, maxBytes: MAX_BYTES } as const;
    const asked = { ...request, evenIfDown: true };
    const answer = await this.deps.requests.json({ ...asked, path: PATH }).catch((error: unknown) => {
      if (!isUnknownThere(error)) throw error;
      return this.deps.requests.json({ ...asked, path: OLD_PATH });
    });
    const signature = signatureIn(answer, server);
    if (signature !== undefined) return signature;
    const refusal = { status: 403, errcode: 'M_FORBIDDEN' };
    throw new RemoteError('answered', server, 'it does not recommend the event', refusal);
  }

  #remember(key: string, signature: string | RemoteError): string {
    this.#verdicts.set(key, { signature, until: this.deps.clock.now() + KEPT });
    if (typeof signature === 'string') return signature;
    throw signature;
  }

  #failed(key: string, server: ServerName, error: unknown): string {
    if (!(error instanceof RemoteError)) throw error;
    const isRefusal = error.kind === 'answered' && (error.status ?? 500) < 500 && error.status !== 429;
    if (isRefusal && !isUnknownThere(error)) return this.#remember(key, error);
    this.#resting.set(server, { until: this.deps.clock.now() + REST });
    throw error;
  }
}

const signatureIn = (answer: JsonValue, server: ServerName): string | undefined =>
  isObject(answer) ? stringAt(objectAt(answer, server), POLICY_KEY_ID) : undefined;

/** There is no such endpoint: it is no policy server, or one of before it was in the spec. */
const isUnknownThere = (error: unknown): boolean =>
  error instanceof RemoteError &&
  error.kind === 'answered' &&
  (error.status === 405 || (error.status === 404 && error.errcode !== 'M_NOT_FOUND'));
