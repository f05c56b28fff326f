import type { Milliseconds } from '../../base/clock.js';
import type { UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

/** An account of this server. */
export interface User {
  readonly userId: UserId;
  /** as `Passwords.hash` gives it; undefined where nobody can sign in by password */
  readonly passwordHash: string | undefined;
  /** `bot` or `support` for accounts that are no people's; undefined for people */
  readonly userType: string | undefined;
  readonly isGuest: boolean;
  readonly isAdmin: boolean;
  /** may do nothing but sign out, until unlocked */
  readonly isLocked: boolean;
  /** may read, but neither write nor join */
  readonly isSuspended: boolean;
  /** gone for good; the name is never given again */
  readonly isDeactivated: boolean;
  /** deactivated with the wish that others see as little as possible of it */
  readonly isErased: boolean;
  readonly createdAt: Milliseconds;
}

interface UserRow {
  user_id: string;
  password_hash: string | null;
  user_type: string | null;
  is_guest: number;
  is_admin: number;
  is_locked: number;
  is_suspended: number;
  is_deactivated: number;
  is_erased: number;
  created_ts: number;
}

/** What an administrator may switch. */
export type UserFlag = 'isAdmin' | 'isLocked' | 'isSuspended';

/** What accounts are sorted by: their display name, else their id; when they were made; when they were last heard of. */
export type UserOrder = 'name' | 'created' | 'seen';
/** Which accounts: those of administrators, or those that are locked or suspended. */
export type UserRole = 'admins' | 'restricted';

/** One page of accounts, newest first unless said. */
export interface UserPage {
  /** part of the user id or of the display name; '' for all */
  readonly search: string;
  readonly deactivated: boolean;
  readonly role?: UserRole | undefined;
  readonly order?: UserOrder;
  readonly isAscending?: boolean;
  readonly offset: number;
  readonly limit: number;
}

const insert = statement<[UserId, string | null, string | null, number, number, Milliseconds]>(`
  INSERT INTO users (user_id, password_hash, user_type, is_guest, is_admin, created_ts) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING
`);
const byId = statement<[UserId], UserRow>(`SELECT * FROM users WHERE user_id = ?`);
const existing = statement<[readonly string[]], { user_id: string }>(`
  SELECT user_id FROM users WHERE user_id IN TEXTS(?) AND is_deactivated = 0
`);
const guestsAmong = statement<[readonly string[]], { user_id: string }>(`
  SELECT user_id FROM users WHERE user_id IN TEXTS(?) AND is_guest = 1
`);
const endVisit = statement<[string | null, Milliseconds, UserId]>(`
  UPDATE users SET is_guest = 0, password_hash = ?, created_ts = ? WHERE user_id = ? AND is_guest = 1
`);
const somePeople = statement<[], { user_id: string }>(`
  SELECT user_id FROM users WHERE is_guest = 0 AND user_type IS NULL LIMIT 2
`);
const setPassword = statement<[string | null, UserId]>(`UPDATE users SET password_hash = ? WHERE user_id = ?`);
const setFlag: Record<UserFlag, ReturnType<typeof flagStatement>> = {
  isAdmin: flagStatement('is_admin'),
  isLocked: flagStatement('is_locked'),
  isSuspended: flagStatement('is_suspended'),
};
const deactivate = statement<[number, UserId]>(`
  UPDATE users SET is_deactivated = 1, is_erased = ?, is_admin = 0, password_hash = NULL WHERE user_id = ?
`);
const ROLES = { all: '', admins: 'AND is_admin = 1', restricted: 'AND is_locked + is_suspended > 0' } as const;
const ORDERS: Readonly<Record<UserOrder, string>> = {
  name: `LOWER(COALESCE(profiles.value, users.user_id))`,
  created: 'users.created_ts',
  seen: 'COALESCE(seen.seen_ts, 0)',
};
const SEEN = `LEFT JOIN (
  SELECT user_id, MAX(last_seen_ts) AS seen_ts FROM devices GROUP BY user_id
) AS seen ON seen.user_id = users.user_id`;

const matching = (role: keyof typeof ROLES, more = '') => `
  FROM users LEFT JOIN profiles ON profiles.user_id = users.user_id AND profiles.field = 'displayname' ${more}
  WHERE is_deactivated <= ? AND (LOWER(users.user_id) LIKE ? ESCAPE '!' OR LOWER(profiles.value) LIKE ? ESCAPE '!')
  ${ROLES[role]}
`;
const pageStatement = (role: keyof typeof ROLES, order: UserOrder, direction: 'ASC' | 'DESC') =>
  statement<[number, string, string, number, number], UserRow>(`
    SELECT users.* ${matching(role, order === 'seen' ? SEEN : '')}
    ORDER BY ${ORDERS[order]} ${direction}, users.user_id LIMIT ? OFFSET ?
  `);
const pages = new Map<string, ReturnType<typeof pageStatement>>();
/** One statement for each way to look at the list, made when somebody first does. */
function pageOf({ role, order = 'created', isAscending = false }: PageKind) {
  const direction = isAscending ? 'ASC' : 'DESC';
  const key = `${role} ${order} ${direction}`;
  const known = pages.get(key) ?? pageStatement(role ?? 'all', order, direction);
  pages.set(key, known);
  return known;
}
interface PageKind {
  readonly role?: UserRole | undefined;
  readonly order?: UserOrder;
  readonly isAscending?: boolean;
}
const countStatement = (role: keyof typeof ROLES) =>
  statement<[number, string, string], { count: number }>(`SELECT COUNT(*) AS count ${matching(role)}`);
const countMatching = {
  all: countStatement('all'),
  admins: countStatement('admins'),
  restricted: countStatement('restricted'),
};
const countActive = statement<[], { users: number; admins: number }>(`
  SELECT COUNT(*) AS users, COUNT(CASE WHEN is_admin = 1 THEN 1 END) AS admins FROM users WHERE is_deactivated = 0
`);

function flagStatement(column: string) {
  return statement<[number, UserId]>(`UPDATE users SET ${column} = ? WHERE user_id = ?`);
}

/** Table `users`: one row for each account that ever was; none is ever deleted. */
export class UserStore {
  /** @returns false when there is such a user already */
  async insert(tx: Transaction, user: User): Promise<boolean> {
    const { userId, passwordHash, userType, isGuest, isAdmin, createdAt } = user;
    const row = [userId, passwordHash ?? null, userType ?? null, Number(isGuest), Number(isAdmin), createdAt] as const;
    return (await tx.run(insert, ...row)) === 1;
  }

  async get(db: Reader, userId: UserId): Promise<User | undefined> {
    const row = await db.get(byId, userId);
    return row && toUser(row);
  }

  /** Those of `userIds` that are accounts and not deactivated. */
  async existing(db: Reader, userIds: readonly UserId[]): Promise<UserId[]> {
    const rows = await db.all(existing, userIds);
    return rows.map((row) => row.user_id as UserId);
  }

  /** Those of `userIds` that are guests. */
  async guestsAmong(db: Reader, userIds: readonly UserId[]): Promise<UserId[]> {
    const rows = await db.all(guestsAmong, userIds);
    return rows.map((row) => row.user_id as UserId);
  }

  /** A guest becomes somebody with an account. @returns false when there is no such guest */
  async endVisit(tx: Transaction, userId: UserId, passwordHash: string, now: Milliseconds): Promise<boolean> {
    return (await tx.run(endVisit, passwordHash, now, userId)) === 1;
  }

  /** Whether nobody but `userId` ever had an account of their own here. */
  async isOnlyPerson(db: Reader, userId: UserId): Promise<boolean> {
    const people = await db.all(somePeople);
    return people.every((row) => row.user_id === userId);
  }

  async setPasswordHash(tx: Transaction, userId: UserId, hash: string): Promise<void> {
    await tx.run(setPassword, hash, userId);
  }

  async setFlag(tx: Transaction, userId: UserId, flag: UserFlag, value: boolean): Promise<void> {
    await tx.run(setFlag[flag], Number(value), userId);
  }

  async deactivate(tx: Transaction, userId: UserId, erase: boolean): Promise<void> {
    await tx.run(deactivate, Number(erase), userId);
  }

  async page(db: Reader, page: UserPage): Promise<{ users: User[]; total: number }> {
    const { search, deactivated, offset, limit } = page;
    const pattern = `%${search.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
    const rows = await db.all(pageOf(page), Number(deactivated), pattern, pattern, limit, offset);
    const found = await db.get(countMatching[page.role ?? 'all'], Number(deactivated), pattern, pattern);
    return { users: rows.map(toUser), total: found?.count ?? 0 };
  }

  /** How many accounts are not deactivated, and how many of them are administrators'. */
  async count(db: Reader): Promise<{ users: number; admins: number }> {
    return (await db.get(countActive)) ?? { users: 0, admins: 0 };
  }
}

const toUser = (row: UserRow): User => ({
  userId: row.user_id as UserId,
  passwordHash: row.password_hash ?? undefined,
  userType: row.user_type ?? undefined,
  isGuest: row.is_guest === 1,
  isAdmin: row.is_admin === 1,
  isLocked: row.is_locked === 1,
  isSuspended: row.is_suspended === 1,
  isDeactivated: row.is_deactivated === 1,
  isErased: row.is_erased === 1,
  createdAt: row.created_ts,
});
