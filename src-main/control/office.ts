import type { Clock, Milliseconds } from '../base/clock.js';
import type { Config } from '../config/config.js';
import type { Activity } from '../health/index.js';
import { type Accounts, LastAdminError, type RegistrationToken } from '../matrix/accounts/index.js';
import type { Admin } from '../matrix/admin/index.js';
import type { MediaUses } from '../matrix/media/index.js';
import type { RoomCare, ServerNotices } from '../matrix/rooms/index.js';
import type { UserId } from '../spec/ids.js';
import type { Reader } from '../storage/database.js';
import type { Invitation, PeoplePage, PeopleQuery } from './contract.js';
import type { Office } from './desks/office.js';
import { erasureDesk } from './people/erasure-desk.js';
import { personDetail } from './people/person-detail.js';
import { type PersonRowsDeps, personsOf } from './people/person-rows.js';
import { ControlError } from './procedure.js';

const PAGE = 100;
/** Whoever made a request this lately counts as connected. */
const LATELY: Milliseconds = 5 * 60_000;
/** Of all that happened, so much is looked through for what happened to one person. */
const LOOKED_AT = 1000;
const SHOWN = 100;

export interface OfficeDeps {
  readonly db: Reader;
  readonly accounts: Accounts;
  readonly rooms: Pick<RoomCare, 'reader'>;
  readonly mediaUses: MediaUses;
  readonly erasures: Admin['erasures'];
  readonly keyBackups: PersonRowsDeps['keyBackups'];
  readonly notices: Pick<ServerNotices, 'send'>;
  readonly canNotify: boolean;
  readonly config: Pick<Config, 'rateLimits'>;
  readonly activity: Pick<Activity, 'note' | 'list'>;
  readonly clock: Clock;
  /** where people's apps find the server */
  clientAddress(): string | undefined;
}

/** The console's desk for accounts: what `matrix/accounts` does, in the console's words. */
export function createOffice(deps: OfficeDeps): Office {
  const { accounts, clock, activity } = deps;
  const changed = (userId: UserId, what: string) => activity.note('person-changed', { person: userId, what });
  return {
    people: (query) => listPeople(deps, query),
    async countPeople() {
      const [{ users }, connected] = await Promise.all([
        accounts.users.count(),
        accounts.devices.countActiveUsers(clock.now() - LATELY),
      ]);
      return { all: users, connected };
    },
    person: (userId) => personDetail(deps, userId),
    async createPerson(person) {
      return (await accounts.registration.create(person)).userId;
    },
    async setPassword(userId, password, signOut) {
      await accounts.passwords.set(userId, password, { others: signOut });
      await changed(userId, 'password');
    },
    async passwordLink(userId, signOut) {
      const { token, expiresAt } = await accounts.passwordLinks.issue(userId, signOut);
      await changed(userId, 'password-link');
      return { userId, link: `${deps.clientAddress() ?? ''}/join/password#${token}`, expiresAt };
    },
    async rename(userId, displayName) {
      await accounts.profiles.rename(userId, displayName);
      await changed(userId, 'renamed');
    },
    async restrict(userId, restriction, on) {
      if (on) await exceptLastAdmin(accounts.users.requireAnotherAdmin(deps.db, userId));
      await accounts.users.setFlag(userId, restriction === 'locked' ? 'isLocked' : 'isSuspended', on);
      await changed(userId, on ? restriction : `un${restriction}`);
    },
    async signOut(userId, deviceId) {
      if (deviceId === undefined) await accounts.devices.signOutEverywhere(userId);
      else await accounts.devices.delete(userId, [deviceId]);
      await changed(userId, 'signed-out');
    },
    async addEmail(userId, address) {
      await accounts.thirdPartyIds.assign(userId, 'email', address);
      await changed(userId, 'address-added');
    },
    async removeAddress(userId, medium, address) {
      await accounts.thirdPartyIds.unassign(userId, medium, address);
      await changed(userId, 'address-removed');
    },
    async notify(userId, text) {
      const content = { msgtype: 'm.text', body: text };
      await deps.notices.send({ userId, type: 'm.room.message', stateKey: undefined, content, transaction: undefined });
      await changed(userId, 'notified');
    },
    async limit(userId, limit) {
      await accounts.rateExceptions.set(userId, limit);
      await changed(userId, limit ? 'limit' : 'no-limit');
    },
    async quota(userId, bytes) {
      if (!(await accounts.users.get(userId))) throw new ControlError('M_NOT_FOUND', 'there is no such account');
      await deps.mediaUses.setQuota(userId, bytes);
      await changed(userId, bytes === undefined ? 'no-quota' : 'quota');
    },
    async activity(userId) {
      const { entries } = await activity.list({ limit: LOOKED_AT });
      return entries.filter(({ fields }) => fields['person'] === userId).slice(0, SHOWN);
    },
    async deactivate(userId, erase) {
      await exceptLastAdmin(accounts.deactivations.deactivate(userId, erase, { keepAnAdmin: true }));
    },
    ...erasing(deps),
    async setAdmin(userId, isAdmin) {
      await exceptLastAdmin(accounts.users.setFlag(userId, 'isAdmin', isAdmin, { keepAnAdmin: true }));
      await changed(userId, isAdmin ? 'admin' : 'no-admin');
    },
    ...invitationDesk(deps),
  };
}

/** The only administrator is told so in the console's words. */
function erasing(deps: OfficeDeps): ReturnType<typeof erasureDesk> {
  const desk = erasureDesk(deps);
  return { ...desk, erase: (userId) => exceptLastAdmin(desk.erase(userId)) };
}

function invitationDesk({
  accounts,
  activity,
  clock,
  clientAddress,
}: OfficeDeps): Pick<Office, 'invitations' | 'invite' | 'revokeInvitation' | 'restoreInvitation'> {
  const tokens = accounts.registrationTokens;
  const toInvitation = (token: RegistrationToken, people: readonly UserId[] = []) =>
    invitationOf(token, people, `${clientAddress() ?? ''}/join/#${token.token}`, clock.now());
  const labelOf = async (token: string): Promise<{ label?: string }> => {
    const { label } = await tokens.get(token);
    return label === undefined ? {} : { label };
  };
  return {
    async invitations() {
      const all = await tokens.list();
      const people = await tokens.whoCame(all.map(({ token }) => token));
      return all.map((token) => toInvitation(token, people.get(token.token)));
    },
    async invite(uses, lifetime, label) {
      const token = await tokens.create({
        usesAllowed: uses ?? undefined,
        expiresAt: lifetime === null ? undefined : clock.now() + lifetime,
        label,
      });
      await activity.note('invitation-made', label === undefined ? {} : { label });
      return toInvitation(token);
    },
    async revokeInvitation(token) {
      await tokens.revoke(token);
      await activity.note('invitation-revoked', await labelOf(token));
    },
    async restoreInvitation(token) {
      await tokens.restore(token);
      await activity.note('invitation-restored', await labelOf(token));
    },
  };
}

async function listPeople(deps: OfficeDeps, query: PeopleQuery): Promise<PeoplePage> {
  const offset = Number(query.after ?? 0);
  const { search = '', deactivated = false, role, order = 'created', ascending: isAscending = false } = query;
  const page = { search, deactivated, role, order, isAscending, offset, limit: PAGE };
  if (order === 'seen') await deps.accounts.devices.writeLastSeen();
  const { users, total } = await deps.accounts.users.page(page);
  const people = await personsOf(deps, users);
  const next = users.length > 0 && offset + users.length < total ? String(offset + users.length) : undefined;
  return { people, total, next };
}

const MOST_SHOWN_PEOPLE = 100;

function invitationOf(
  token: RegistrationToken,
  people: readonly UserId[],
  link: string,
  now: Milliseconds,
): Invitation {
  const { usesAllowed, completed, createdAt, expiresAt, label, revokedAt } = token;
  const isUsed = usesAllowed !== undefined && completed >= usesAllowed;
  const isExpired = expiresAt !== undefined && expiresAt <= now;
  return {
    token: token.token,
    link,
    usesAllowed,
    used: completed,
    createdAt,
    expiresAt,
    state: isUsed ? 'used' : isExpired ? 'expired' : revokedAt === undefined ? 'open' : 'revoked',
    label,
    people: people.slice(0, MOST_SHOWN_PEOPLE),
  };
}

/** In the console's words. */
async function exceptLastAdmin<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LastAdminError)) throw error;
    throw new ControlError('LAST_ADMIN', 'this is the only administrator');
  }
}
