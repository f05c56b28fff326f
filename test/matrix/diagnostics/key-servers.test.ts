import { expect, it } from 'vitest';
import { keyServersToAsk } from '../../../src-main/matrix/diagnostics/reach/key-servers.js';

const known = { trustedKeyServers: [{ serverName: 'notary.test', verifyKeys: undefined, acceptInsecurely: false }] };

it.each([
  ['home.example', ['notary.test']],
  ['localhost.example', ['notary.test']],
  ['hearth.localhost', []],
  ['family.lan:8448', []],
  ['box.home.arpa', []],
  ['chat.intranet', []],
  ['familyserver', []],
  ['familyserver:8448', []],
  ['203.0.113.7:8448', ['notary.test']],
  ['[2001:db8::1]', ['notary.test']],
])('%s looks for a way out at %j', (serverName, asked) => {
  expect(keyServersToAsk({ serverName, federation: known })).toEqual(asked);
});
