import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src-main/config/load.js';

const path = join(mkdtempSync(join(tmpdir(), 'hearth-config-')), 'homeserver.yaml');

function policy(text: string) {
  writeFileSync(path, `server_name: home.test\n${text}`);
  return loadConfig([path], {}).rooms.policy;
}

const EVERYBODY = [{ userId: '*', alias: '*', roomId: '*', allows: true }];

it('trusts people with names and the directory unless something else is said', () => {
  expect(policy('')).toEqual({
    aliasRules: EVERYBODY,
    aliasesByMembersOnly: true,
    publicationRules: EVERYBODY,
    hasDirectory: true,
    invitesByAdminsOnly: false,
    powerLevels: {},
  });
});

it("reads Synapse's rules, where an empty list lets nobody", () => {
  const text = `alias_creation_rules:
  - { user_id: "@alex:*", action: allow }
  - { alias: "#family-*", action: deny }
room_list_publication_rules: []
require_membership_for_aliases: false
enable_room_list_search: false
block_non_admin_invites: true
default_power_level_content_override:
  private_chat: { invite: 50 }
`;
  expect(policy(text)).toEqual({
    aliasRules: [
      { userId: '@alex:*', alias: '*', roomId: '*', allows: true },
      { userId: '*', alias: '#family-*', roomId: '*', allows: false },
    ],
    aliasesByMembersOnly: false,
    publicationRules: [],
    hasDirectory: false,
    invitesByAdminsOnly: true,
    powerLevels: { private_chat: { invite: 50 } },
  });
});

it('refuses rules that say neither allow nor deny', () => {
  expect(() => policy('alias_creation_rules: [{ user_id: "*", action: perhaps }]\n')).toThrow('`allow`, `deny`');
});
