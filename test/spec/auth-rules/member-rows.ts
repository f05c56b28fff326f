import { expect } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { bob, carol, TestRoom } from '../../support/rooms.js';
import { expectedIn, outcome, versionsIn } from './outcome.js';

export interface Given {
  readonly joinRule?: string;
  readonly levels?: JsonObject;
  /** memberships before */
  readonly [user: `@${string}`]: string;
}

export interface Change {
  readonly to: string;
  readonly by: string;
  /** by default who does it */
  readonly of?: string;
  readonly content?: JsonObject;
  readonly signedBy?: readonly string[];
}

/** Alice made the room and is in it; unless said otherwise nobody else is, it is public, and all levels are default. */
export function roomWith(version: string, { joinRule = 'public', levels, ...members }: Given): TestRoom {
  const room = TestRoom.of(version, { joinRule, ...(levels ? { levels } : {}) });
  for (const [user, membership] of Object.entries(members)) if (membership) room.member(user, membership, user);
  return room;
}

export const inRoom = { [bob]: 'join', [carol]: 'join' } as const;
export const bobAt = (level: number, more: JsonObject = {}) => ({ users: { [bob]: level }, ...more });
export const authorisedBy = (user: string) => ({ join_authorised_via_users_server: user });

/** A row of a table about member events; for `outcome` see `expectedIn`. */
export type MemberRow = [title: string, versions: string, given: Given, change: Change, outcome: string];

export function expectOutcome(versions: string, given: Given, change: Change, outcomes: string): void {
  const { to, by, of = by, content, signedBy } = change;
  for (const version of versionsIn(versions)) {
    const draft = { type: 'm.room.member', sender: by, stateKey: of, content: { membership: to, ...content } };
    const found = outcome(roomWith(version, given), { ...draft, ...(signedBy ? { signedBy } : {}) });
    expect([version, found]).toEqual([version, expectedIn(version, outcomes)]);
  }
}
