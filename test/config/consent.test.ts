import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src-main/config/load.js';

const folder = mkdtempSync(join(tmpdir(), 'hearth-config-'));
const path = join(folder, 'homeserver.yaml');
writeFileSync(join(folder, 'secret'), 'shh\n');

function load(text: string) {
  writeFileSync(path, `server_name: home.test\n${text}`);
  return loadConfig([path], {}).registration;
}

const NOTICES = 'server_notices: { system_mxid_localpart: notices }\n';

it('reads what people have to accept, and what becomes of those who did not', () => {
  const text = `form_secret_path: secret
user_consent:
  template_dir: terms
  version: 1.0
  block_events_error: go to %(consent_uri)s
  server_notice_content: { msgtype: m.text, body: read %(consent_uri)s }
  send_server_notice_to_guests: true
`;
  expect(load(NOTICES + text).consent).toEqual({
    version: '1.0',
    folder: join(folder, 'terms'),
    blockMessage: 'go to %(consent_uri)s',
    notice: { msgtype: 'm.text', body: 'read %(consent_uri)s' },
    noticeToGuests: true,
    formSecret: 'shh',
  });
});

it('asks for nothing where nothing is said, and where the terms are somewhere else', () => {
  expect(load('').consent).toBeUndefined();
  const elsewhere = load(
    'user_consent: { version: "1.0", policy_url: https://example.com/, require_at_registration: true }\n',
  );
  expect(elsewhere.consent).toBeUndefined();
  expect(elsewhere.terms?.url).toBe('https://example.com/');
});

it.each([
  ['1', '1'],
  ['1.0', '1.0'],
  ['"1.0"', '1.0'],
  ['2.5', '2.5'],
  ['a', 'a'],
])('takes %s for version %s', (written, version) => {
  expect(load(`user_consent: { version: ${written}, template_dir: t }\n`).consent?.version).toBe(version);
});

it.each([
  ['user_consent: { version: "1", block_events_error: stop }', 'needs a `version` and a `template_dir`'],
  ['user_consent: { version: "1", template_dir: t, server_notice_content: { body: hi } }', 'needs `server_notices`'],
  [`${NOTICES}user_consent: { version: "1", template_dir: t, server_notice_content: {} }`, 'needs a `body`'],
  ['form_secret: a\nform_secret_path: secret\nuser_consent: { version: "1", template_dir: t }', 'Only one of'],
])('refuses %j', (text, why) => {
  expect(() => load(`${text}\n`)).toThrow(why);
});
