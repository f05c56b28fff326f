import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { isAllowedByAcl } from '../../src-main/spec/server-acl.js';

describe('an access list of servers', () => {
  it.each<[string, JsonObject | undefined, string, boolean]>([
    ['lets everybody in where there is none', undefined, 'one.test', true],
    ['lets nobody in when it is empty', {}, 'one.test', false],
    ['lets nobody in without allow', { deny: ['evil.test'] }, 'one.test', false],
    ['lets in whom allow names', { allow: ['one.test'] }, 'one.test', true],
    ['lets in nobody else', { allow: ['one.test'] }, 'two.test', false],
    ['takes stars', { allow: ['*.one.test'] }, 'a.b.one.test', true],
    ['takes question marks', { allow: ['hs?.test'] }, 'hs1.test', true],
    ['matches the whole name', { allow: ['one.test'] }, 'one.test.evil', false],
    ['lets deny win', { allow: ['*'], deny: ['evil.test'] }, 'evil.test', false],
    ['ignores ports', { allow: ['*'], deny: ['evil.test'] }, 'evil.test:8448', false],
    ['ignores upper case', { allow: ['*'], deny: ['EVIL.test'] }, 'evil.TEST', false],
    ['lets addresses in unless told otherwise', { allow: ['*'] }, '192.0.2.1:8448', true],
    ['keeps addresses out when told', { allow: ['*'], allow_ip_literals: false }, '192.0.2.1', false],
    ['keeps IPv6 out when told', { allow: ['*'], allow_ip_literals: false }, '[2001:db8::1]:8448', false],
    ['takes IPv6 with its brackets', { allow: ['[2001:db8::1]'] }, '[2001:db8::1]:443', true],
    ['takes strange flags for none', { allow: ['*'], allow_ip_literals: 'no' }, '192.0.2.1', true],
    ['takes a text for no list', { allow: '*' }, 'one.test', false],
    ['passes over what is no pattern', { allow: [1, null, 'one.test'] }, 'one.test', true],
    ['keeps out what is no server name', { allow: ['*'] }, 'no server', false],
  ])('%s', (_case, content, server, isAllowed) => {
    expect(isAllowedByAcl(content, server)).toBe(isAllowed);
  });
});
