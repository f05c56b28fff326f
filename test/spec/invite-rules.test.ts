import { describe, expect, it } from 'vitest';
import { inviteDefault, inviteRule } from '../../src-main/spec/invite-rules.js';

const BOB = '@bob:evil.test';

describe('an invitation by @bob:evil.test', () => {
  it.each([
    ['nothing is said', {}, 'allow'],
    ['the user is blocked', { blocked_users: [BOB] }, 'block'],
    ['the user is ignored', { ignored_users: [BOB] }, 'ignore'],
    ['the server is blocked', { blocked_servers: ['evil.test'] }, 'block'],
    ['the server is ignored', { ignored_servers: ['evil.test'] }, 'ignore'],
    ['servers are blocked by a pattern', { blocked_servers: ['*.test'] }, 'block'],
    ['users are blocked by a pattern', { blocked_users: ['@b?b:*'] }, 'block'],
    ['a part of the name is blocked', { blocked_servers: ['evil'] }, 'allow'],
    ['the pattern is in capitals', { blocked_users: ['@BOB:EVIL.TEST'] }, 'block'],
    ['the user is allowed, the server blocked', { allowed_users: [BOB], blocked_servers: ['*'] }, 'allow'],
    ['the server is allowed, the user blocked', { allowed_servers: ['evil.test'], blocked_users: [BOB] }, 'block'],
    ['the user is in all lists', { allowed_users: [BOB], ignored_users: [BOB], blocked_users: [BOB] }, 'allow'],
    ['the user is ignored and blocked', { ignored_users: ['*'], blocked_users: [BOB] }, 'ignore'],
    ['all others are blocked', { allowed_users: ['@alice:*'], blocked_users: ['*'] }, 'block'],
    ['lists are no lists', { blocked_users: null, ignored_users: 'all', blocked_servers: { a: 1 } }, 'allow'],
    ['patterns are no patterns', { blocked_users: [1, '', ['*'], 'x'.repeat(256), `${'*'.repeat(256)}`] }, 'allow'],
  ] as const)('%s', (_case, filter, rule) => {
    expect(inviteRule(filter as never, BOB)).toBe(rule);
  });
});

it.each([
  [{ default_action: 'block' }, 'block'],
  [{ default_action: 'allow' }, 'allow'],
  [{ default_action: 1 }, 'allow'],
])('%j means %s for everybody', (config, rule) => expect(inviteDefault(config)).toBe(rule));
