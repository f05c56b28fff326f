import type { UserId } from '../../spec/ids.js';
import type { ActivityEntry } from './health.js';

/** Accounts, and the way to one. */
export interface PeopleProcedures {
  'people.list': { input: PeopleQuery; output: PeoplePage };
  'people.create': {
    input: { localpart: string; displayName?: string; password?: string; isAdmin: boolean };
    output: OneTimePassword;
  };
  'people.resetPassword': { input: { userId: UserId; signOut: boolean }; output: OneTimePassword };
  /** a link with which they choose a new password themselves: it works once, for a day */
  'people.passwordLink': { input: { userId: UserId; signOut: boolean }; output: PasswordLink };
  /** @throws M_NOT_FOUND */
  'people.detail': { input: { userId: UserId }; output: PersonDetail };
  /** '' takes the display name away */
  'people.rename': { input: { userId: UserId; displayName: string }; output: undefined };
  'people.restrict': {
    input: { userId: UserId; restriction: 'locked' | 'suspended'; on: boolean };
    output: undefined;
  };
  /** one device, or everywhere */
  'people.signOut': { input: { userId: UserId; deviceId?: string }; output: undefined };
  'people.addEmail': { input: { userId: UserId; address: string }; output: undefined };
  'people.removeAddress': { input: { userId: UserId; medium: 'email' | 'msisdn'; address: string }; output: undefined };
  /** a message from the server, in a room of its own */
  'people.notify': { input: { userId: UserId; text: string }; output: undefined };
  /** what was done for this person from here, newest first */
  'people.activity': { input: { userId: UserId }; output: readonly ActivityEntry[] };
  'people.limit': {
    /** null: as for all */
    input: { userId: UserId; limit: PersonLimit | null };
    output: undefined;
  };
  /** how many bytes they may keep here in all; null: as many as they like */
  'people.quota': { input: { userId: UserId; bytes: number | null }; output: undefined };
  'people.deactivate': { input: { userId: UserId; erase?: boolean }; output: undefined };
  /** What erasing somebody would take away. Looks at all that was said in their rooms. */
  'people.erasePreview': { input: { userId: UserId }; output: ErasurePreview };
  /** Begins to erase somebody with all that they wrote and uploaded here. @throws LAST_ADMIN, M_UNKNOWN */
  'people.erase': { input: { userId: UserId }; output: PersonErasure };
  /** Who is being erased and who was, the newest first. */
  'people.erasures': { input: { userId?: UserId }; output: readonly PersonErasure[] };
  /** what is gone stays gone; false: too late */
  'people.cancelErasure': { input: { id: string }; output: boolean };
  'people.setAdmin': { input: { userId: UserId; isAdmin: boolean }; output: undefined };
  'invitations.list': { input: undefined; output: Invitation[] };
  'invitations.create': {
    input: { uses: number | null; lifetime: number | null; label?: string };
    output: Invitation;
  };
  /** nobody can use it until it is restored */
  'invitations.revoke': { input: { token: string }; output: undefined };
  'invitations.restore': { input: { token: string }; output: undefined };
}

export interface PeopleQuery {
  /** part of a name, any case */
  search?: string;
  /** `next` of the page before */
  after?: string;
  /** also people who were deactivated */
  deactivated?: boolean;
  role?: 'admins' | 'restricted';
  order?: 'name' | 'created' | 'seen';
  ascending?: boolean;
}

export interface Person {
  readonly userId: UserId;
  readonly displayName: string | undefined;
  readonly isAdmin: boolean;
  readonly state: 'active' | 'locked' | 'suspended' | 'deactivated';
  readonly createdAt: number;
  readonly lastSeen: number | undefined;
  readonly devices: number;
  /** bytes of what they uploaded */
  readonly media: number;
  /** they can still read what was encrypted when their last device is lost */
  readonly hasKeyBackup: boolean;
}

/** A device that somebody is signed in with. */
export interface PersonDevice {
  readonly deviceId: string;
  readonly name: string | undefined;
  readonly createdAt: number;
  readonly lastSeen: number | undefined;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

export interface PersonDetail extends Person {
  readonly isOnlyAdmin: boolean;
  readonly isErased: boolean;
  readonly sessions: readonly PersonDevice[];
  /** at most 200 of them; `roomCount` counts all */
  readonly rooms: readonly { readonly roomId: string; readonly name: string | undefined; readonly people: number }[];
  readonly roomCount: number;
  readonly uploads: {
    readonly files: number;
    readonly bytes: number;
    /** at most 50 */
    readonly newest: readonly {
      readonly mediaId: string;
      readonly type: string;
      readonly bytes: number;
      readonly createdAt: number;
    }[];
  };
  readonly addresses: readonly {
    readonly medium: 'email' | 'msisdn';
    readonly address: string;
    readonly addedAt: number;
  }[];
  /** how much they may say; undefined: as much as all */
  readonly limit: PersonLimit | undefined;
  /** how many bytes they may keep here; undefined: as many as they like */
  readonly quota: number | undefined;
  /** what counts for all */
  readonly usualLimit: PersonLimit;
  /** the server may write to people */
  readonly canNotify: boolean;
}

export interface ErasurePreview {
  /** what they said and is still to be read, and its bytes on disk, about */
  readonly messages: number;
  readonly messageBytes: number;
  /** of the messages: in rooms that they left, where nobody here may take them back */
  readonly kept: number;
  /** rooms with messages */
  readonly rooms: number;
  readonly files: number;
  readonly fileBytes: number;
  readonly devices: number;
  readonly addresses: number;
}

/**
 * `waiting`: others are before it; `redacting`: messages are taken back; `files`: uploads are deleted; `closing`: the
 * account is given up.
 */
export type PersonErasureState = 'waiting' | 'redacting' | 'files' | 'closing' | 'done' | 'failed' | 'cancelled';

export interface PersonErasure {
  readonly id: string;
  readonly userId: UserId;
  readonly state: PersonErasureState;
  /** messages that there were, about; taken back; not to be taken back */
  readonly total: number;
  readonly done: number;
  readonly kept: number;
  readonly files: number;
  /** of the files */
  readonly bytes: number;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** English */
  readonly error: string | undefined;
}

/** How many messages somebody may send: so many at once, then so many a second. `perSecond` 0: as many as they like. */
export interface PersonLimit {
  readonly perSecond: number;
  readonly burst: number;
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

/** Shown once: what it is made of is kept as a hash only. */
export interface PasswordLink {
  readonly userId: UserId;
  readonly link: string;
  readonly expiresAt: number;
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
  readonly state: 'open' | 'used' | 'expired' | 'revoked';
  /** whom it is for, in the words of who made it */
  readonly label: string | undefined;
  /** who made an account with it, first to last; at most 100 */
  readonly people: readonly UserId[];
}
