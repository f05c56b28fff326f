import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import {
  checkNewAliasLocalpart,
  checkNewLocalpart,
  isEventId,
  isNamespacedId,
  isOnServer,
  isOpaqueId,
  isRoomAlias,
  isRoomId,
  isUserId,
  localpartOf,
  serverOf,
} from '../../src-main/spec/grammar.js';
import { mxcUri, parseMxc } from '../../src-main/spec/mxc.js';
import { parseServerName } from '../../src-main/spec/server-name.js';
import { jsonObject, roomIdOrAlias, userId } from '../../src-main/spec/shapes.js';

it.each([
  ['example.org', { host: 'example.org', port: undefined, kind: 'name' }],
  ['example.org:8448', { host: 'example.org', port: 8448, kind: 'name' }],
  ['localhost', { host: 'localhost', port: undefined, kind: 'name' }],
  ['EXAMPLE.org', { host: 'EXAMPLE.org', port: undefined, kind: 'name' }],
  ['192.0.2.1:1', { host: '192.0.2.1', port: 1, kind: 'ipv4' }],
  ['[2001:db8::1]', { host: '2001:db8::1', port: undefined, kind: 'ipv6' }],
  ['[::ffff:192.0.2.1]:443', { host: '::ffff:192.0.2.1', port: 443, kind: 'ipv6' }],
  ['', undefined],
  ['example.org:', undefined],
  ['example.org:port', undefined],
  ['example.org:99999', undefined],
  ['example.org:123456', undefined],
  ['exa mple.org', undefined],
  ['exa_mple.org', undefined],
  ['bücher.example', undefined],
  ['example.org/path', undefined],
  ['2001:db8::1', undefined],
  ['[2001:db8::1', undefined],
  ['[2001:db8::g]', undefined],
  ['[1.2.3]', undefined],
  ['example.org\n', undefined],
  ['a'.repeat(256), undefined],
])('takes the server name %j apart', (text, expected) => expect(parseServerName(text)).toEqual(expected));

describe.each([
  [
    'user ids',
    isUserId,
    [
      '@alice:example.org',
      '@a.b-c=d_e/f+g:h:1',
      '@Alice:EXAMPLE.org',
      '@:example.org',
      '@alice bob:h',
      '@élise:h',
      `@${'a'.repeat(252)}:h`,
    ],
    [
      'alice:example.org',
      '@alice',
      '@alice:',
      '',
      '@',
      '@a:b:c:d',
      '@a\0:h',
      '@\ud800:h',
      `@${'a'.repeat(253)}:h`,
      `@${'é'.repeat(127)}:h`,
    ],
  ],
  [
    'room aliases',
    isRoomAlias,
    ['#a:example.org', '#Über uns:example.org', '#:example.org', '#a/b:h'],
    ['#a', 'a:b', '#a:', '#a:exa mple', '#a\0:b'],
  ],
  [
    'room ids',
    isRoomId,
    ['!a:example.org', '!hamvWB-t4uHOuOuHZNCs3KcVFWA-rDmfMV5gVque-4g', '!a b:h', '!a'],
    ['!', 'a:b', '', '!a\0', `!${'a'.repeat(255)}`, '#a:b'],
  ],
  [
    'event ids',
    isEventId,
    ['$Z+K1epZ5CEI+xEjYOWSbt9MVkKTFd6J3XqsO2Aqx9hQ', '$0:domain', '$a'],
    ['$', 'a', '', '$\udc00', `$${'a'.repeat(255)}`],
  ],
  ['opaque ids', isOpaqueId, ['a', 'A-0._~', 'a'.repeat(255)], ['', 'a b', 'a/b', 'a'.repeat(256)]],
  [
    'namespaced identifiers',
    isNamespacedId,
    ['m.tz', 'a', 'org.example.x-y_z'],
    ['', 'M.tz', '1.a', '_a', 'a b', `a${'b'.repeat(255)}`],
  ],
])('%s', (_kind, isValid, valid, wrong) => {
  it.each(valid)('accepts %j', (text) => expect(isValid(text)).toBe(true));
  it.each(wrong)('refuses %j', (text) => expect(isValid(text)).toBe(false));
});

it.each([
  ['alice', true],
  ['a.b_c=d-e/f+g', true],
  ['a'.repeat(241), true],
  ['a'.repeat(243), false],
  ['', false],
  ['Alice', false],
  ['al ice', false],
  ['élise', false],
  ['a:b', false],
  ['_bridge', false],
  ['12345', false],
  ['1a', true],
])('judges the new user name %j: %s', (localpart, valid) =>
  expect(checkNewLocalpart(localpart, 'example.org').valid).toBe(valid),
);

it('lets application services and guests have the names reserved for them', () => {
  expect(checkNewLocalpart('_bridge', 'example.org', true).valid).toBe(true);
  expect(checkNewLocalpart('12345', 'example.org', true).valid).toBe(true);
});

it.each([
  ['general', true],
  ['Über-uns', true],
  ['', false],
  ['a b', false],
  ['a:b', false],
  ['a'.repeat(250), false],
])('judges the new alias %j: %s', (localpart, valid) =>
  expect(checkNewAliasLocalpart(localpart, 'example.org').valid).toBe(valid),
);

it('finds localpart and server in ids', () => {
  expect(localpartOf('@alice:example.org:8448')).toBe('alice');
  expect(serverOf('@alice:example.org:8448')).toBe('example.org:8448');
  expect(serverOf('!abc')).toBeUndefined();
  expect(serverOf('$0:domain')).toBe('domain');
  expect(isOnServer('@alice:example.org', 'example.org')).toBe(true);
  expect(isOnServer('@alice:other.example.org', 'example.org')).toBe(false);
  expect(isOnServer('@alice:h:8448', '8448')).toBe(false);
});

it.each([
  ['mxc://example.org/aBc-_9', { server: 'example.org', mediaId: 'aBc-_9' }],
  ['mxc://[::1]:8448/a', { server: '[::1]:8448', mediaId: 'a' }],
  ['mxc://example.org/', undefined],
  ['mxc://example.org/a/b', undefined],
  ['mxc://example.org/..', undefined],
  ['mxc:///a', undefined],
  ['http://example.org/a', undefined],
  ['mxc://exa mple/a', undefined],
])('takes %s apart', (uri, expected) => {
  expect(parseMxc(uri)).toEqual(expected);
  if (expected) expect(mxcUri(expected)).toBe(uri);
});

it('checks shapes of bodies and paths and says what is wrong', () => {
  const shape = Compile(Type.Object({ user: userId, room: roomIdOrAlias, content: jsonObject }));
  expect(shape.Check({ user: '@a:b', room: '#a:b', content: {} })).toBe(true);
  expect(shape.Errors({ user: 'a', room: '!a', content: {} })[0]?.message).toBe(
    'must be a user id like @alice:example.org',
  );
  expect(shape.Check({ user: '@a:b', room: '!a', content: [] })).toBe(false);
  expect(shape.Check({ user: 7, room: '!a', content: {} })).toBe(false);
});
