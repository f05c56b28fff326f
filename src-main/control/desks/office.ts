import type { UserId } from '../../spec/ids.js';
import type {
  ActivityEntry,
  ErasurePreview,
  Invitation,
  PeoplePage,
  PeopleQuery,
  PasswordLink,
  PersonDetail,
  PersonErasure,
  PersonLimit,
} from '../contract.js';

/** What the console does with the accounts of a running server. */
export interface Office {
  people(query: PeopleQuery): Promise<PeoplePage>;
  countPeople(): Promise<{ all: number; connected: number }>;
  /** undefined: there is no such account */
  person(userId: UserId): Promise<PersonDetail | undefined>;
  /** @throws MatrixError M_USER_IN_USE, M_INVALID_USERNAME, M_WEAK_PASSWORD */
  createPerson(person: {
    localpart: string;
    displayName: string | undefined;
    password: string;
    isAdmin: boolean;
  }): Promise<UserId>;
  setPassword(userId: UserId, password: string, signOut: boolean): Promise<void>;
  passwordLink(userId: UserId, signOut: boolean): Promise<PasswordLink>;
  rename(userId: UserId, displayName: string): Promise<void>;
  /** @throws ControlError LAST_ADMIN for the only administrator, who could not take it back */
  restrict(userId: UserId, restriction: 'locked' | 'suspended', on: boolean): Promise<void>;
  /** @param deviceId undefined: everywhere */
  signOut(userId: UserId, deviceId: string | undefined): Promise<void>;
  /** @throws MatrixError M_THREEPID_IN_USE, M_INVALID_PARAM */
  addEmail(userId: UserId, address: string): Promise<void>;
  removeAddress(userId: UserId, medium: 'email' | 'msisdn', address: string): Promise<void>;
  /** @throws MatrixError M_UNKNOWN where the server may not write to people */
  notify(userId: UserId, text: string): Promise<void>;
  /** @param limit undefined: as for all */
  limit(userId: UserId, limit: PersonLimit | undefined): Promise<void>;
  /** @param bytes undefined: as many as they like */
  quota(userId: UserId, bytes: number | undefined): Promise<void>;
  activity(userId: UserId): Promise<readonly ActivityEntry[]>;
  /** @throws ControlError LAST_ADMIN */
  deactivate(userId: UserId, erase: boolean): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  erasePreview(userId: UserId): Promise<ErasurePreview>;
  /** @throws ControlError LAST_ADMIN; MatrixError M_UNKNOWN while they are being erased */
  erase(userId: UserId): Promise<PersonErasure>;
  /** @param userId undefined: of everybody */
  erasures(userId: UserId | undefined): Promise<PersonErasure[]>;
  /** @returns false when it is too late */
  cancelErasure(id: string): Promise<boolean>;
  /** @throws ControlError LAST_ADMIN */
  setAdmin(userId: UserId, isAdmin: boolean): Promise<void>;
  invitations(): Promise<Invitation[]>;
  /** @param lifetime ms from now; null: for ever */
  invite(uses: number | null, lifetime: number | null, label: string | undefined): Promise<Invitation>;
  /** @throws MatrixError M_NOT_FOUND */
  revokeInvitation(token: string): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  restoreInvitation(token: string): Promise<void>;
}
