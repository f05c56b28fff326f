import type { UserId } from '../../spec/ids.js';

/** Accounts, and the way to one. */
export interface PeopleProcedures {
  'people.list': { input: PeopleQuery; output: PeoplePage };
  'people.create': {
    input: { localpart: string; displayName?: string; password?: string; isAdmin: boolean };
    output: OneTimePassword;
  };
  'people.resetPassword': { input: { userId: UserId; signOut: boolean }; output: OneTimePassword };
  'people.deactivate': { input: { userId: UserId }; output: undefined };
  'people.setAdmin': { input: { userId: UserId; isAdmin: boolean }; output: undefined };
  'invitations.list': { input: undefined; output: Invitation[] };
  'invitations.create': { input: { uses: number | null; lifetime: number | null }; output: Invitation };
  'invitations.revoke': { input: { token: string }; output: undefined };
}

export interface PeopleQuery {
  /** part of a name, any case */
  search?: string;
  /** `next` of the page before */
  after?: string;
  /** also people who were deactivated */
  deactivated?: boolean;
}

export interface Person {
  readonly userId: UserId;
  readonly displayName: string | undefined;
  readonly isAdmin: boolean;
  readonly state: 'active' | 'locked' | 'suspended' | 'deactivated';
  readonly createdAt: number;
  readonly lastSeen: number | undefined;
  readonly devices: number;
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** how many there are in all that match */
  readonly total: number;
  readonly next: string | undefined;
}

/** Shown once, never stored in clear, never logged. */
export interface OneTimePassword {
  readonly userId: UserId;
  readonly password: string;
}

export interface Invitation {
  readonly token: string;
  /** what to hand to the person invited */
  readonly link: string;
  /** undefined: as many as like */
  readonly usesAllowed: number | undefined;
  readonly used: number;
  readonly createdAt: number | undefined;
  /** undefined: never */
  readonly expiresAt: number | undefined;
  readonly state: 'open' | 'used' | 'expired';
}
