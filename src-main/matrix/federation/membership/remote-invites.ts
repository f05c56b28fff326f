import type { JsonObject } from '../../../base/json.js';
import { objectAt, stringAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import { canonicalJson } from '../../../spec/canonical-json.js';
import { badJson, forbidden, MatrixError, tooLarge } from '../../../spec/errors.js';
import { signedText } from '../../../spec/event-id.js';
import { checkEventLimits } from '../../../spec/event-limits.js';
import { type Pdu, roomEvent } from '../../../spec/event.js';
import { isOnServer, serverOf } from '../../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';
import { type PduDraft, sealPdu } from '../../../spec/seal-pdu.js';
import { keyIdsOf } from '../../../spec/signing.js';
import type { CheckedEvent, RoomReader, StoredEvent, Templates } from '../../events/index.js';
import { type KeyRing, RemoteError } from '../../servers/index.js';
import type { PolicedAppender } from '../policy/policed-appender.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import { refusalOf } from './in-turn.js';
import type { MembershipRequests } from './membership-requests.js';
import { ownEvent } from './own-event.js';
import type { Author } from './ports.js';
import { shownState } from './shown-state.js';
import { UnusableAnswer } from './template.js';

interface RemoteInvitesDeps {
  readonly author: Author;
  readonly requests: MembershipRequests;
  readonly keys: KeyRing;
  readonly templates: Templates;
  readonly policed: PolicedIntake;
  readonly policedAppender: PolicedAppender;
  readonly reader: RoomReader;
}

/** An invitation of somebody on another server. */
export interface RemoteInvite {
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly target: UserId;
  /** all of the member event's content */
  readonly content: JsonObject;
}

/**
 * Invites people of other servers: their server is told first, and signs the invitation before the room hears of it.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#inviting-to-a-room
 */
export class RemoteInvites {
  constructor(private readonly deps: RemoteInvitesDeps) {}

  /** @throws MatrixError M_FORBIDDEN by the room's rules; what the other server refused; M_UNKNOWN 502 without an answer */
  async invite({ roomId, sender, target, content }: RemoteInvite): Promise<StoredEvent> {
    const { author, templates, policed, policedAppender } = this.deps;
    const draft = { roomId, sender, type: 'm.room.member', stateKey: target, content };
    const { pdu, rules } = await templates.template(draft);
    const id = rules.eventIds === 'random' ? { event_id: `$${randomLetters(24)}:${author.serverName}` } : {};
    const whole = { ...pdu, ...id, origin: author.serverName };
    const sealed = sealPdu(whole as unknown as PduDraft, rules, author.serverName, author.signingKey);
    const verdict = checkEventLimits(sealed.pdu, rules, { eventId: sealed.eventId, roomId }, sealed.text);
    if (!verdict.within) throw verdict.limit === 'size' ? tooLarge(verdict.why) : badJson(verdict.why);
    const own = await policedAppender.recommended(roomId, ownEvent(sealed, rules, roomId));
    const signed = isOnServer(target, author.serverName)
      ? own
      : await this.#signedByTheirs(own, rules, { roomId, sender, target, content });
    const appended = await policed.append(signed, { origin: author.serverName, relay: true });
    if (appended.outcome === 'accepted' || appended.outcome === 'known') return appended.event;
    throw forbidden('the room changed meanwhile and takes this invitation no more');
  }

  /** The invite with the signature of the invited's server. */
  async #signedByTheirs({ event }: CheckedEvent, rules: RoomVersionRules, invite: RemoteInvite): Promise<CheckedEvent> {
    const server = serverOf(invite.target);
    const { roomId, sender } = invite;
    const { requests, reader } = this.deps;
    try {
      const state = await shownState(reader, roomId, sender);
      const { eventId, pdu } = event;
      const answer = await requests.invite(server, { roomId, eventId, event: pdu, version: rules.version, state });
      const theirs = await this.#goodSignatures(answer, pdu, rules, server);
      const whole = { ...pdu, signatures: { ...pdu.signatures, [server]: { ...pdu.signatures[server], ...theirs } } };
      const text = canonicalJson(whole, rules.strictCanonicalJson ? 'strict' : 'lenient');
      return { event: roomEvent(whole, rules, eventId, roomId), text };
    } catch (error) {
      if (!(error instanceof RemoteError) && !(error instanceof UnusableAnswer)) throw error;
      if (error instanceof RemoteError && error.kind === 'refused') throw forbidden(error.message);
      throw refusalOf(error) ?? new MatrixError(502, 'M_UNKNOWN', `${server} could not be told of the invitation`);
    }
  }

  /** @throws UnusableAnswer when their server did not sign our event */
  async #goodSignatures(
    answer: JsonObject,
    pdu: Pdu,
    rules: RoomVersionRules,
    server: ServerName,
  ): Promise<Record<string, string>> {
    const ofServer = objectAt(objectAt(answer, 'signatures'), server);
    const ids = keyIdsOf(answer, server).slice(0, 5);
    const signatures = Object.fromEntries(
      ids.flatMap((id) => {
        const signature = stringAt(ofServer, id);
        return signature === undefined ? [] : [[id, signature]];
      }),
    );
    const check = {
      signer: server,
      signatures,
      text: signedText(pdu, rules),
      at: pdu.origin_server_ts,
      validityMatters: rules.enforceKeyValidity,
    };
    const [verdict] = await this.deps.keys.verify([check]);
    if (!verdict?.holds) throw new UnusableAnswer('the invite came back without a good signature');
    return signatures;
  }
}
