import type { Clock } from '../../base/clock.js';
import type { RateLimit, RateLimits } from '../../config/config.js';
import { type RateExceptions, RateLimiter } from '../../http/rate-limit.js';
import { MatrixError } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';

type RoomRates = Pick<RateLimits, 'message' | 'adminRedaction' | 'joins' | 'joinsPerRoom' | 'invites' | 'roomCreation'>;

/**
 * How much of each thing may be done in rooms, counted in memory. What the server does for itself (names that follow a
 * profile, people who leave with their account) is not counted.
 */
export class RoomLimits {
  readonly #messages: RateLimiter;
  /** undefined: redactions of what others said are messages like all others */
  readonly #adminRedactions: RateLimiter | undefined;
  readonly #localJoins: RateLimiter;
  readonly #remoteJoins: RateLimiter;
  readonly #joinsPerRoom: RateLimiter;
  readonly #invitesPerRoom: RateLimiter;
  readonly #invitesPerTarget: RateLimiter;
  readonly #invitesPerIssuer: RateLimiter;
  readonly #creations: RateLimiter;
  readonly #mostInvites: number;

  /** of those for whom other rates count: the rate and what counts by it */
  readonly #ownMessages = new Map<string, { readonly rate: RateLimit; readonly limiter: RateLimiter }>();

  constructor(
    rates: RoomRates,
    private readonly clock: Clock,
    private readonly exceptions: RateExceptions,
  ) {
    const limiter = (rate: RateLimit) => new RateLimiter(rate, clock, exceptions);
    this.#messages = limiter(rates.message);
    this.#adminRedactions = rates.adminRedaction && limiter(rates.adminRedaction);
    this.#localJoins = limiter(rates.joins.local);
    this.#remoteJoins = limiter(rates.joins.remote);
    this.#joinsPerRoom = limiter(rates.joinsPerRoom);
    this.#invitesPerRoom = limiter(rates.invites.perRoom);
    this.#invitesPerTarget = limiter(rates.invites.perUser);
    this.#invitesPerIssuer = limiter(rates.invites.perIssuer);
    this.#creations = limiter(rates.roomCreation);
    this.#mostInvites = rates.invites.perIssuer.burst;
  }

  /** Something that somebody says, or changes, in a room. @throws MatrixError M_LIMIT_EXCEEDED */
  message(sender: UserId): void {
    this.#messagesOf(sender).take(sender);
  }

  /** Somebody redacts what somebody else said: those who clean up have to be quick. @throws MatrixError M_LIMIT_EXCEEDED */
  redactionOfOthers(sender: UserId): void {
    (this.#adminRedactions ?? this.#messagesOf(sender)).take(sender);
  }

  /** Somebody comes into a room that this server is in. @throws MatrixError M_LIMIT_EXCEEDED */
  localJoin(userId: UserId, roomId: RoomId): void {
    if (this.exceptions.isExempt(userId)) return;
    takeAll([this.#joinsPerRoom, roomId], [this.#localJoins, userId]);
  }

  /** Somebody comes into a room by way of another server. @throws MatrixError M_LIMIT_EXCEEDED */
  remoteJoin(userId: UserId, roomId: RoomId): void {
    if (this.exceptions.isExempt(userId)) return;
    takeAll([this.#joinsPerRoom, roomId], [this.#remoteJoins, userId]);
  }

  /**
   * An invitation.
   *
   * @param issuer undefined for one that comes from another server, which counts the others
   * @throws MatrixError M_LIMIT_EXCEEDED
   */
  invite(roomId: RoomId, issuer: UserId | undefined, target: UserId): void {
    if (issuer === undefined) return this.#invitesPerTarget.take(target);
    if (this.exceptions.isExempt(issuer)) return;
    takeAll([this.#invitesPerRoom, roomId], [this.#invitesPerTarget, target], [this.#invitesPerIssuer, issuer]);
  }

  /**
   * A room that is made together with `invites` invitations.
   *
   * @throws MatrixError M_LIMIT_EXCEEDED; M_UNKNOWN 400 for more invitations than may ever be made at once
   */
  creation(creator: UserId, invites: number): void {
    if (invites > this.#mostInvites && !this.exceptions.isExempt(creator)) {
      throw new MatrixError(400, 'M_UNKNOWN', `so many people cannot be invited at once: ${this.#mostInvites} at most`);
    }
    this.#creations.check(creator);
    this.#invitesPerIssuer.take(creator, invites);
    this.#creations.take(creator);
  }

  #messagesOf(sender: UserId): RateLimiter {
    const rate = this.exceptions.messageRate(sender);
    if (!rate) return this.#messages;
    const known = this.#ownMessages.get(sender);
    if (known?.rate === rate) return known.limiter;
    const limiter = new RateLimiter(rate, this.clock, this.exceptions);
    this.#ownMessages.set(sender, { rate, limiter });
    return limiter;
  }
}

/** Counts for all of them, or for none. */
function takeAll(...limits: (readonly [limiter: RateLimiter, key: string])[]): void {
  for (const [limiter, key] of limits) limiter.check(key);
  for (const [limiter, key] of limits) limiter.take(key);
}
