import type {
  ActivityEntry,
  ErasurePreview,
  Invitation,
  PasswordLink,
  PeoplePage,
  PeopleQuery,
  Person,
  PersonDetail,
  PersonErasure,
  PersonLimit,
} from '../../../src-main/control/contract.js';
import type { Office } from '../../../src-main/control/desks/office.js';
import { ControlError } from '../../../src-main/control/procedure.js';
import type { UserId } from '../../../src-main/spec/ids.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PAGE = 100;

/** Accounts without a server: people and invitations are put in, and looked after. */
export class FakeOffice implements Office {
  readonly persons: Person[] = [];
  readonly tokens: Invitation[] = [];
  /** what is known of people beside what lists show */
  readonly details = new Map<string, Partial<PersonDetail>>();
  readonly done: ActivityEntry[] = [];
  isOnlyAdmin = false;
  /** what erasing anybody would take away */
  toErase: ErasurePreview = {
    messages: 1204,
    messageBytes: 940_000,
    kept: 12,
    rooms: 7,
    files: 31,
    fileBytes: 88_000_000,
    devices: 2,
    addresses: 1,
  };
  erasing: PersonErasure[] = [];
  readonly limits = new Map<string, PersonLimit>();
  readonly quotas = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  erasePreview = async () => this.toErase;
  erasures = async (userId: UserId | undefined) =>
    this.erasing.filter((each) => userId === undefined || each.userId === userId);
  countPeople = async () => ({ all: this.persons.length, connected: Math.min(2, this.persons.length) });
  setPassword = async (userId: UserId) => this.note(userId, 'password');
  signOut = async (userId: UserId) => this.note(userId, 'signed-out');
  addEmail = async (userId: UserId) => this.note(userId, 'address-added');
  removeAddress = async (userId: UserId) => this.note(userId, 'address-removed');
  notify = async (userId: UserId) => this.note(userId, 'notified');
  activity = async (userId: UserId) => this.done.filter(({ fields }) => fields['person'] === userId);
  invitations = async () => [...this.tokens];

  async people(query: PeopleQuery): Promise<PeoplePage> {
    const { search = '', deactivated = false, role, after = '0' } = query;
    const found = this.persons.filter(
      (person) =>
        (deactivated || person.state !== 'deactivated') &&
        (role !== 'admins' || person.isAdmin) &&
        (role !== 'restricted' || person.state === 'locked' || person.state === 'suspended') &&
        `${person.userId} ${person.displayName}`.includes(search),
    );
    const start = Number(after);
    const people = found.slice(start, start + PAGE);
    return { people, total: found.length, next: start + PAGE < found.length ? String(start + PAGE) : undefined };
  }

  async person(userId: UserId): Promise<PersonDetail | undefined> {
    const person = this.persons.find((each) => each.userId === userId);
    return (
      person && {
        ...person,
        isOnlyAdmin: this.isOnlyAdmin && person.isAdmin,
        isErased: false,
        sessions: [],
        rooms: [],
        roomCount: 0,
        uploads: { files: 0, bytes: 0, newest: [] },
        addresses: [],
        limit: this.limits.get(userId),
        quota: this.quotas.get(userId),
        usualLimit: { perSecond: 5, burst: 100 },
        canNotify: true,
        ...this.details.get(userId),
      }
    );
  }

  async createPerson({ localpart, displayName, isAdmin }: Parameters<Office['createPerson']>[0]): Promise<UserId> {
    return this.addPerson(localpart, { displayName, isAdmin }).userId;
  }

  async passwordLink(userId: UserId): Promise<PasswordLink> {
    this.note(userId, 'password-link');
    return { userId, link: 'http://192.168.1.5:8008/join/password#kWqPzRtNvXcJ', expiresAt: this.now() + DAY };
  }

  async rename(userId: UserId, displayName: string): Promise<void> {
    this.change(userId, { displayName: displayName === '' ? undefined : displayName });
    this.note(userId, 'renamed');
  }

  async restrict(userId: UserId, restriction: 'locked' | 'suspended', on: boolean): Promise<void> {
    this.change(userId, { state: on ? restriction : 'active' });
    this.note(userId, on ? restriction : `un${restriction}`);
  }

  async deactivate(userId: UserId): Promise<void> {
    this.change(userId, { state: 'deactivated' });
  }

  async erase(userId: UserId): Promise<PersonErasure> {
    if (this.isOnlyAdmin) throw new ControlError('LAST_ADMIN', 'the only administrator');
    this.change(userId, { state: 'locked' });
    return this.addErasure(userId);
  }

  async cancelErasure(id: string): Promise<boolean> {
    const found = this.erasing.find((each) => each.id === id);
    if (!found) return false;
    this.erasing = this.erasing.map((each) =>
      each.id === id ? { ...each, state: 'cancelled', endedAt: this.now() } : each,
    );
    this.change(found.userId, { state: 'active' });
    return true;
  }

  addErasure(userId: UserId, given: Partial<PersonErasure> = {}): PersonErasure {
    const erasure: PersonErasure = {
      id: `erasure${this.erasing.length}`,
      userId,
      state: 'redacting',
      total: this.toErase.messages,
      done: 420,
      kept: 3,
      files: 0,
      bytes: 0,
      startedAt: this.now() - MINUTE,
      endedAt: undefined,
      error: undefined,
      ...given,
    };
    this.erasing.unshift(erasure);
    return erasure;
  }

  async setAdmin(userId: UserId, isAdmin: boolean): Promise<void> {
    if (this.isOnlyAdmin && !isAdmin) throw new ControlError('LAST_ADMIN', 'the only administrator');
    this.change(userId, { isAdmin });
  }

  async invite(uses: number | null, lifetime: number | null, label: string | undefined): Promise<Invitation> {
    const expiresAt = lifetime === null ? undefined : this.now() + lifetime;
    return this.addInvitation({ usesAllowed: uses ?? undefined, expiresAt, label });
  }

  async revokeInvitation(token: string): Promise<void> {
    this.#setInvitation(token, 'revoked');
  }

  async restoreInvitation(token: string): Promise<void> {
    this.#setInvitation(token, 'open');
  }

  async quota(userId: UserId, bytes: number | undefined): Promise<void> {
    if (bytes === undefined) this.quotas.delete(userId);
    else this.quotas.set(userId, bytes);
    this.note(userId, bytes === undefined ? 'no-quota' : 'quota');
  }

  async limit(userId: UserId, limit: PersonLimit | undefined): Promise<void> {
    if (limit) this.limits.set(userId, limit);
    else this.limits.delete(userId);
    this.note(userId, limit ? 'limit' : 'no-limit');
  }

  #setInvitation(token: string, state: Invitation['state']): void {
    const index = this.tokens.findIndex((each) => each.token === token);
    const found = this.tokens[index];
    if (found) this.tokens[index] = { ...found, state };
  }

  addPerson(localpart: string, given: Partial<Person> = {}): Person {
    const person: Person = {
      userId: `@${localpart}:family.test`,
      displayName: undefined,
      isAdmin: false,
      state: 'active',
      createdAt: this.now() - 30 * DAY,
      lastSeen: this.now() - this.persons.length * 47 * MINUTE - 20_000,
      devices: 1 + (this.persons.length % 3),
      media: 4_200_000 * this.persons.length,
      hasKeyBackup: this.persons.length % 2 === 0,
      ...given,
    };
    this.persons.push(person);
    return person;
  }

  addInvitation(given: Partial<Invitation> = {}): Invitation {
    const token = given.token ?? `tok${this.tokens.length}kWqPzRtNvXcJ`;
    const invitation: Invitation = {
      token,
      link: `http://192.168.1.5:8008/join#${token}`,
      usesAllowed: 1,
      used: 0,
      createdAt: this.now(),
      expiresAt: undefined,
      state: 'open',
      label: undefined,
      people: [],
      ...given,
    };
    this.tokens.unshift(invitation);
    return invitation;
  }

  private note(userId: UserId, what: string): void {
    this.done.unshift({
      id: this.done.length + 1,
      at: this.now(),
      kind: 'person-changed',
      fields: { person: userId, what },
    });
  }

  private change(userId: UserId, change: Partial<Person>): void {
    const index = this.persons.findIndex((person) => person.userId === userId);
    const person = this.persons[index];
    if (person) this.persons[index] = { ...person, ...change };
  }
}
