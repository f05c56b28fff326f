import { EventType, type ICreateRoomStateEvent, Preset } from 'matrix-js-sdk';
import type { HomeserverOptions, TestHomeserver } from '../support/homeserver.js';
import { startHomeserver } from '../support/homeserver.js';
import type { Device } from './device.js';

/** A server as people run it: who wants an account needs an invitation. */
export async function startInvitingServer(options: HomeserverOptions = {}): Promise<TestHomeserver> {
  const server = await startHomeserver(options);
  const registration = { ...server.config.registration, withoutVerification: false, requiresToken: true };
  await server.restart({ registration });
  return server;
}

/** A registration token for some people, made by the administrator. */
export async function inviteTo(server: TestHomeserver, people: number): Promise<string> {
  const admin = await server.registerAdmin('admin');
  const path = '/_synapse/admin/v1/registration_tokens/new';
  return (await admin.ok('POST', path, { body: { uses_allowed: people } })).token;
}

/** Stops the server; `again` starts it with the same data at the same address. */
export async function stopForAWhile(server: TestHomeserver): Promise<{ again(): Promise<void> }> {
  const [listener] = server.config.listeners;
  const [address] = server.addresses;
  if (!listener || !address) throw new Error('the server does not listen');
  await server.stop();
  server.config = { ...server.config, listeners: [{ ...listener, port: address.port }] };
  return { again: () => server.start() };
}

/** A room with encryption from its first event, made by `owner`, that `guests` are in. */
export const createEncryptedRoom = (owner: Device, ...guests: Device[]): Promise<string> =>
  open(owner, guests, [
    { type: EventType.RoomEncryption, state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
  ]);

/** The same, in the clear. */
export const createRoom = (owner: Device, ...guests: Device[]): Promise<string> => open(owner, guests, []);

async function open(owner: Device, guests: readonly Device[], initialState: ICreateRoomStateEvent[]): Promise<string> {
  const { room_id: roomId } = await owner.client.createRoom({
    preset: Preset.PrivateChat,
    invite: guests.map((guest) => guest.userId),
    initial_state: initialState,
  });
  await owner.room(roomId);
  for (const guest of guests) {
    await guest.room(roomId, 'invite');
    await guest.client.joinRoom(roomId);
    await guest.room(roomId);
  }
  return roomId;
}
