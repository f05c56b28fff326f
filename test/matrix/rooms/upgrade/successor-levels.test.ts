import { describe, expect, it } from 'vitest';
import { successorLevels } from '../../../../src-main/matrix/rooms/upgrade/successor-levels.js';
import { alice, bob, rulesOf } from '../../../support/rooms.js';

const succession = (from: string, to: string) =>
  ({
    oldRules: rulesOf(from),
    rules: rulesOf(to),
    upgrader: alice,
    oldCreators: [alice],
    creators: [alice],
  }) as const;

describe('the levels of a room that replaces another', () => {
  it('are numbers where old versions took text and fractions, and leave out what is no level', () => {
    const old = { kick: '40', ban: 60.7, invite: 'many', users: { [alice]: ' 100 ', [bob]: null }, events: { a: '7' } };
    const { first } = successorLevels({ ...succession('5', '10'), old });
    expect(first).toEqual({ kick: 40, ban: 60, users: { [alice]: 100 }, events: { a: 7 } });
  });

  it('let the upgrader copy everything first, and are as before in the end', () => {
    const old = { users_default: 10, state_default: 20, events: { 'm.room.server_acl': 90 } };
    const { first, final } = successorLevels({ ...succession('10', '11'), old });
    expect(first['users']).toEqual({ [alice]: 90 });
    expect(final).toEqual({ ...old, users: {} });
  });

  it('do not name those who stand above them', () => {
    const old = { users: { [alice]: 100, [bob]: 100 } };
    expect(successorLevels({ ...succession('11', '12'), old })).toEqual({
      first: { users: { [bob]: 100 } },
      final: undefined,
    });
  });
});
