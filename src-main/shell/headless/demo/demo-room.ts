import { type JsonObject, stringAt } from '../../../base/json.js';
import { CommandError } from '../command-error.js';
import { call, type Target } from '../local-server.js';

/** Somebody of the demo, signed in. */
export interface DemoPerson {
  readonly name: string;
  readonly userId: string;
  readonly target: Target;
  readonly accessToken: string;
}

export const DEMO_PASSWORD = 'demo';
const CLIENT = '/_matrix/client/v3';
const ROOM = 'demo';

/** Makes the account, or signs in to it when it was made before. */
export async function demoPerson(name: string, target: Target): Promise<DemoPerson> {
  const registration = { username: name, password: DEMO_PASSWORD, auth: { type: 'm.login.dummy' } };
  const made = await call(target, 'POST', `${CLIENT}/register`, registration);
  const answer = stringAt(made.body, 'errcode') === 'M_USER_IN_USE' ? await signIn(name, target) : made;
  const userId = stringAt(answer.body, 'user_id');
  const accessToken = stringAt(answer.body, 'access_token');
  if (userId === undefined || accessToken === undefined) throw refused(`make the account ${name}`, answer.body);
  return { name, userId, target, accessToken };
}

const signIn = (name: string, target: Target) =>
  call(target, 'POST', `${CLIENT}/login`, {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: name },
    password: DEMO_PASSWORD,
  });

/**
 * A room on the first server with everybody in it.
 *
 * @returns its alias
 */
export async function demoRoom([host, ...guests]: readonly [DemoPerson, ...DemoPerson[]]): Promise<string> {
  const alias = `#${ROOM}:${host.userId.slice(host.userId.indexOf(':') + 1)}`;
  const known = await ask(host, 'GET', `/directory/room/${encodeURIComponent(alias)}`);
  if (known.status === 404) await make(host);
  for (const guest of guests) {
    const joined = await ask(guest, 'POST', `/join/${encodeURIComponent(alias)}`, {});
    if (joined.status !== 200) throw refused(`let ${guest.name} into the room`, joined.body);
  }
  return alias;
}

async function make(host: DemoPerson): Promise<void> {
  const made = await ask(host, 'POST', '/createRoom', {
    preset: 'public_chat',
    room_alias_name: ROOM,
    name: 'Demo',
    topic: 'A room that lives on three servers',
  });
  const roomId = stringAt(made.body, 'room_id');
  if (roomId === undefined) throw refused('make the room', made.body);
  const welcome = { msgtype: 'm.text', body: 'Welcome! This room lives on three servers.' };
  await ask(host, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/welcome`, welcome);
}

const ask = ({ target, accessToken }: DemoPerson, method: 'GET' | 'POST' | 'PUT', path: string, body?: JsonObject) =>
  call(target, method, CLIENT + path, body, accessToken);

const refused = (what: string, body: JsonObject | undefined): CommandError =>
  new CommandError(`The demo could not ${what}: ${stringAt(body, 'error') ?? 'the server did not say why'}.`);
