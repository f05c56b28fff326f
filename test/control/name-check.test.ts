import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkServerName } from '../../src-main/control/setup/name-check.js';

it.each([
  ['smith-family.org', 'smith-family.org'],
  ['  Smith-Family.ORG ', 'smith-family.org'],
  ['https://smith.org/', 'smith.org'],
  ['http://smith.org/_matrix?x#y', 'smith.org'],
  ['@alex:smith.org', 'smith.org'],
  ['smith.org.', 'smith.org'],
  ['smith.co.uk', 'smith.co.uk'],
  ['smith.dedyn.io', 'smith.dedyn.io'],
  ['xn--mller-kva.de', 'xn--mller-kva.de'],
])('takes %j as %s', (typed, serverName) => {
  expect(checkServerName(typed)).toEqual({ verdict: 'ok', code: undefined, serverName });
});

it.each([
  ['', 'NAME_EMPTY'],
  ['https://', 'NAME_EMPTY'],
  ['192.168.1.4', 'NAME_IS_ADDRESS'],
  ['192.168.1.4:8008', 'NAME_IS_ADDRESS'],
  ['[::1]', 'NAME_IS_ADDRESS'],
  ['2001:db8::1', 'NAME_IS_ADDRESS'],
  ['smith.org:8448', 'NAME_HAS_PORT'],
  ['my server.org', 'NAME_GRAMMAR'],
  ['müller.de', 'NAME_GRAMMAR'],
  ['-smith.org', 'NAME_GRAMMAR'],
  ['smith..org', 'NAME_GRAMMAR'],
  ['smith_family.org', 'NAME_GRAMMAR'],
  ['smith.123', 'NAME_GRAMMAR'],
  [`${'a.'.repeat(130)}org`, 'NAME_TOO_LONG'],
  [`${'a'.repeat(64)}.org`, 'NAME_GRAMMAR'],
  ['co.uk', 'NAME_PUBLIC_SUFFIX'],
  ['dedyn.io', 'NAME_PUBLIC_SUFFIX'],
  ['local', 'NAME_PUBLIC_SUFFIX'],
  ['home.arpa', 'NAME_PUBLIC_SUFFIX'],
  ['smith.invalid', 'NAME_RESERVED'],
  ['example.org', 'NAME_RESERVED'],
  ['chat.example.org', 'NAME_RESERVED'],
  ['hearth.localhost', 'NAME_RESERVED'],
  ['1.168.192.in-addr.arpa', 'NAME_RESERVED'],
  ['matrix.org', 'NAME_OF_ANOTHER'],
])('refuses %j: %s', (typed, code) => {
  expect(checkServerName(typed)).toMatchObject({ verdict: 'refused', code });
});

it.each([
  ['family.test', 'NAME_PRIVATE'],
  ['family.local', 'NAME_PRIVATE'],
  ['family.home.arpa', 'NAME_PRIVATE'],
  ['family', 'NAME_PRIVATE'],
  ['matrix.smith.org', 'NAME_STARTS_WITH_MATRIX'],
  ['chat.smith.org', 'NAME_STARTS_WITH_MATRIX'],
])('warns of %j: %s', (typed, code) => {
  expect(checkServerName(typed)).toMatchObject({ verdict: 'warning', code });
});

it('judges its own answer the same way again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.webUrl(), fc.string(), fc.ipV4(), fc.ipV6()), (typed) => {
      const once = checkServerName(typed);
      expect(checkServerName(once.serverName)).toEqual(once);
    }),
  );
});
