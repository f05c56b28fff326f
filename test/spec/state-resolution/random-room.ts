import fc from 'fast-check';
import { checkAuth } from '../../../src-main/spec/auth-rules/auth-rules.js';
import { resolveState } from '../../../src-main/spec/state-resolution/resolve.js';
import type { StateMap } from '../../../src-main/spec/state-view.js';
import { alice, bob, carol, dave, type Draft, TestRoom } from '../../support/rooms.js';

/** A server's view of a room that splits and goes on on several sides: the state sets and everything that happened. */
export interface Split {
  readonly room: TestRoom;
  readonly sides: readonly StateMap[];
}

/** One thing that somebody tries; whether it is allowed is for the auth rules to say. */
interface Attempt {
  readonly by: number;
  readonly of: number;
  readonly what: Kind;
  readonly level: number;
  readonly ts: number;
}

const USERS = [alice, bob, carol, dave, '@erin:two.test'];
export const KINDS = ['join', 'leave', 'ban', 'invite', 'kick', 'levels', 'rule', 'topic', 'name'] as const;
type Kind = (typeof KINDS)[number];
const LEVELS = [0, 25, 50, 100];

const attempt = (kinds: readonly Kind[]): fc.Arbitrary<Attempt> =>
  fc.record({
    by: fc.nat(USERS.length - 1),
    of: fc.nat(USERS.length - 1),
    what: fc.constantFrom(...kinds),
    level: fc.constantFrom(...LEVELS),
    // Few moments, so that many events are of the same age.
    ts: fc.integer({ min: 1, max: 5 }),
  });

/** Rooms of a version with up to four sides; all that happens on each side is allowed there. */
export const splitRoom = (version: string, kinds: readonly Kind[] = KINDS): fc.Arbitrary<Split> =>
  fc
    .tuple(
      fc.array(attempt(kinds), { maxLength: 12 }),
      fc.array(fc.array(attempt(kinds), { maxLength: 10 }), { minLength: 2, maxLength: 4 }),
    )
    .map(([before, after]) => {
      const room = TestRoom.of(version, { joinRule: 'public', levels: { users: usersAt(version, 50) } });
      go(room, before);
      const forks = after.map((attempts, side) => {
        const fork = room.fork();
        fork.skipTo(1000 * (side + 1));
        go(fork, attempts);
        return fork;
      });
      return { room, sides: forks.map((fork) => fork.stateMap) };
    });

const usersAt = (version: string, level: number) => ({ ...(version === '12' ? {} : { [alice]: 100 }), [bob]: level });

function go(room: TestRoom, attempts: readonly Attempt[]): void {
  for (const attempt of attempts) {
    const draft = draftOf(room, attempt);
    if (checkAuth(room.make(draft), room.view).allowed) room.add(draft);
  }
}

function draftOf(room: TestRoom, { by, of, what, level, ts }: Attempt): Draft {
  const [sender = alice, target = alice] = [USERS[by], USERS[of]];
  const base = { sender, ts, stateKey: '' };
  const member = (stateKey: string, membership: string) => ({
    ...base,
    type: 'm.room.member',
    stateKey,
    content: { membership },
  });
  switch (what) {
    case 'join':
    case 'leave':
      return member(sender, what);
    case 'ban':
    case 'invite':
      return member(target, what);
    case 'kick':
      return member(target, 'leave');
    case 'levels':
      return {
        ...base,
        type: 'm.room.power_levels',
        content: { users: { ...usersAt(room.rules.version, 50), [target]: level } },
      };
    case 'rule':
      return { ...base, type: 'm.room.join_rules', content: { join_rule: level > 25 ? 'public' : 'invite' } };
    default:
      return { ...base, type: `m.room.${what}`, content: { [what]: String(level) } };
  }
}

export const resolve = ({ room }: Split, sides: readonly StateMap[]): StateMap => resolveState(room.rules, sides, room);
