/**
 * What fills the database: refused while the disk is nearly full. To read, to leave, to take back, to delete and to sign
 * in goes on: that is how room is made.
 */
export const GROWING: ReadonlySet<string> = new Set([
  'client-server/account-data.yaml#setAccountData',
  'client-server/account-data.yaml#setAccountDataPerRoom',
  'client-server/create_room.yaml#createRoom',
  'client-server/inviting.yaml#inviteUser',
  'client-server/joining.yaml#joinRoom',
  'client-server/joining.yaml#joinRoomById',
  'client-server/key_backup.yaml#putRoomKeyBySessionId',
  'client-server/key_backup.yaml#putRoomKeys',
  'client-server/key_backup.yaml#putRoomKeysByRoomId',
  'client-server/knocking.yaml#knockRoom',
  'client-server/registration.yaml#register',
  'client-server/room_send.yaml#sendMessage',
  'client-server/room_state.yaml#setRoomStateWithKey',
  'client-server/room_upgrades.yaml#upgradeRoom',
  'client-server/to_device.yaml#sendToDevice',
  'server-server/invites-v1.yaml#sendInviteV1',
  'server-server/invites-v2.yaml#sendInviteV2',
  'server-server/joins-v2.yaml#sendJoinV2',
  'server-server/knocks.yaml#sendKnock',
  'server-server/transactions.yaml#sendTransaction',
]);
