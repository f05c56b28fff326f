import type { Clock, Milliseconds } from '../base/clock.js';
import { type Accounts, LastAdminError, type RegistrationToken, type User } from '../matrix/accounts/index.js';
import type { Invitation, PeoplePage, PeopleQuery, Person } from './contract.js';
import { ControlError } from './procedure.js';
import type { Office } from './server-host.js';

const PAGE = 100;
/** Whoever made a request this lately counts as connected. */
const LATELY: Milliseconds = 5 * 60_000;

export interface OfficeDeps {
  readonly accounts: Accounts;
  readonly clock: Clock;
  /** where people's apps find the server */
  clientAddress(): string | undefined;
}

/** The console's desk for accounts: what `matrix/accounts` does, in the console's words. */
export function createOffice({ accounts, clock, clientAddress }: OfficeDeps): Office {
  const link = (token: string) => `${clientAddress() ?? ''}/join/#${token}`;
  return {
    people: (query) => listPeople(accounts, query),
    async countPeople() {
      const [{ users }, connected] = await Promise.all([
        accounts.users.count(),
        accounts.devices.countActiveUsers(clock.now() - LATELY),
      ]);
      return { all: users, connected };
    },
    createPerson: async (person) => (await accounts.registration.create(person)).userId,
    setPassword: (userId, password, signOut) =>
      accounts.passwords.set(userId, password, { others: signOut, keep: undefined }),
    async deactivate(userId) {
      await exceptLastAdmin(accounts.deactivations.deactivate(userId, false, { keepAnAdmin: true }));
    },
    setAdmin: (userId, isAdmin) =>
      exceptLastAdmin(accounts.users.setFlag(userId, 'isAdmin', isAdmin, { keepAnAdmin: true })),
    async invitations() {
      const tokens = await accounts.registrationTokens.list();
      return tokens.map((token) => toInvitation(token, link, clock.now()));
    },
    async invite(uses, lifetime) {
      const token = await accounts.registrationTokens.create({
        usesAllowed: uses ?? undefined,
        expiresAt: lifetime === null ? undefined : clock.now() + lifetime,
      });
      return toInvitation(token, link, clock.now());
    },
    revokeInvitation: (token) => accounts.registrationTokens.revoke(token),
  };
}

async function listPeople(accounts: Accounts, query: PeopleQuery): Promise<PeoplePage> {
  const offset = Number(query.after ?? 0);
  const { search = '', deactivated = false } = query;
  const { users, total } = await accounts.users.page({ search, deactivated, offset, limit: PAGE });
  const ids = users.map(({ userId }) => userId);
  const [names, devices] = await Promise.all([accounts.profiles.of(ids), accounts.devices.summaryOf(ids)]);
  const people = users.map((user) => toPerson(user, names.get(user.userId)?.displayName, devices.get(user.userId)));
  const next = offset + users.length < total ? String(offset + users.length) : undefined;
  return { people, total, next };
}

const toPerson = (
  user: User,
  displayName: string | undefined,
  devices: { count: number; lastSeen: Milliseconds | undefined } | undefined,
): Person => ({
  userId: user.userId,
  displayName,
  isAdmin: user.isAdmin,
  state: stateOf(user),
  createdAt: user.createdAt,
  lastSeen: devices?.lastSeen,
  devices: devices?.count ?? 0,
});

function stateOf({ isDeactivated, isLocked, isSuspended }: User): Person['state'] {
  if (isDeactivated) return 'deactivated';
  if (isLocked) return 'locked';
  return isSuspended ? 'suspended' : 'active';
}

function toInvitation(token: RegistrationToken, link: (token: string) => string, now: Milliseconds): Invitation {
  const { usesAllowed, completed, createdAt, expiresAt } = token;
  const isUsed = usesAllowed !== undefined && completed >= usesAllowed;
  const isExpired = expiresAt !== undefined && expiresAt <= now;
  return {
    token: token.token,
    link: link(token.token),
    usesAllowed,
    used: completed,
    createdAt,
    expiresAt,
    state: isUsed ? 'used' : isExpired ? 'expired' : 'open',
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
