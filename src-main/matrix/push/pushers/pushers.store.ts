import type { Milliseconds } from '../../../base/clock.js';
import { type JsonObject, parseOwn } from '../../../base/json.js';
import type { DeviceId, UserId } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

export type PusherKind = 'http' | 'email';

/** Where notifications of a user are sent to. */
export interface Pusher {
  readonly pusherId: number;
  readonly userId: UserId;
  readonly kind: PusherKind;
  readonly appId: string;
  /** what the gateway knows the device by; an e-mail address */
  readonly pushkey: string;
  readonly appDisplayName: string;
  readonly deviceDisplayName: string;
  readonly profileTag: string;
  readonly lang: string;
  /** for the gateway, with its `url` */
  readonly data: JsonObject;
  /** the session that set it; undefined for tokens without a device */
  readonly deviceId: DeviceId | undefined;
  /** when the client last set it */
  readonly setAt: Milliseconds;
  /** whoever has it may delete the pusher */
  readonly unsubscribeToken: string;
  /** it gets what comes after this */
  readonly from: Position;
  /** false: its owner switched it off for a while */
  readonly isEnabled: boolean;
}

/** How far a pusher has come. */
export interface PusherProgress {
  readonly pusherId: number;
  /** the last event that was handed on */
  readonly handedOn: Position;
  readonly failingSince: Milliseconds | undefined;
  /** the last number that the app was told */
  readonly badge: number | undefined;
}

interface PusherRow {
  pusher_id: number;
  user_id: string;
  kind: string;
  app_id: string;
  pushkey: string;
  app_display_name: string;
  device_display_name: string;
  profile_tag: string;
  lang: string;
  data: string;
  device_id: string | null;
  set_ts: number;
  unsubscribe_token: string;
  from_pos: number;
  enabled: number;
}

interface ProgressRow {
  pusher_id: number;
  handed_on: number;
  failing_since: number | null;
  badge: number | null;
}

const COLUMNS = `pusher_id, user_id, kind, app_id, pushkey, app_display_name, device_display_name, profile_tag, lang, data,
  device_id, set_ts, unsubscribe_token, from_pos, enabled`;

const put = statement<
  [
    number,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string | null,
    number,
    string,
    number,
    number,
  ]
>(`
  INSERT INTO pushers (${COLUMNS}, handed_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
  ON CONFLICT (app_id, pushkey, user_id) DO UPDATE SET
    kind = excluded.kind, app_display_name = excluded.app_display_name,
    device_display_name = excluded.device_display_name, profile_tag = excluded.profile_tag, lang = excluded.lang,
    data = excluded.data, device_id = excluded.device_id, set_ts = excluded.set_ts, from_pos = excluded.from_pos,
    enabled = excluded.enabled, failing_since = NULL`);
const ofUser = statement<[string], PusherRow>(`SELECT ${COLUMNS} FROM pushers WHERE user_id = ? ORDER BY pusher_id`);
const byToken = statement<[string], PusherRow>(`SELECT ${COLUMNS} FROM pushers WHERE unsubscribe_token = ?`);
const users = statement<[], { user_id: string }>('SELECT DISTINCT user_id FROM pushers');
const others = statement<[string, string, string], { user_id: string }>(
  'SELECT user_id FROM pushers WHERE app_id = ? AND pushkey = ? AND user_id <> ?',
);
const removeOthers = statement<[string, string, string]>(
  'DELETE FROM pushers WHERE app_id = ? AND pushkey = ? AND user_id <> ?',
);
const remove = statement<[string, string, string]>(
  'DELETE FROM pushers WHERE app_id = ? AND pushkey = ? AND user_id = ?',
);
const removeOfDevices = statement<[string, readonly string[]]>(
  'DELETE FROM pushers WHERE user_id = ? AND device_id IN TEXTS(?)',
);
const removeOfUser = statement<[string]>('DELETE FROM pushers WHERE user_id = ?');
const progress = statement<[number], ProgressRow>(
  'SELECT pusher_id, handed_on, failing_since, badge FROM pushers WHERE pusher_id = ?',
);
const saveProgress = statement<[number, number | null, number | null, number]>(
  'UPDATE pushers SET handed_on = ?, failing_since = ?, badge = ? WHERE pusher_id = ?',
);

/** Table `pushers`: one for each user, app and pushkey. */
export class PusherStore {
  /** Adds a pusher, or changes the one there is of this user, app and pushkey, which keeps its id and how far it came. */
  async put(tx: Transaction, pusher: Pusher): Promise<void> {
    await tx.run(
      put,
      pusher.pusherId,
      pusher.userId,
      pusher.kind,
      pusher.appId,
      pusher.pushkey,
      pusher.appDisplayName,
      pusher.deviceDisplayName,
      pusher.profileTag,
      pusher.lang,
      JSON.stringify(pusher.data),
      pusher.deviceId ?? null,
      pusher.setAt,
      pusher.unsubscribeToken,
      pusher.from,
      pusher.isEnabled ? 1 : 0,
    );
  }

  /** The oldest first. */
  async ofUser(db: Reader, userId: UserId): Promise<Pusher[]> {
    return (await db.all(ofUser, userId)).map(toPusher);
  }

  async byUnsubscribeToken(db: Reader, token: string): Promise<Pusher | undefined> {
    const row = await db.get(byToken, token);
    return row && toPusher(row);
  }

  /** Everybody who has a pusher. */
  async users(db: Reader): Promise<UserId[]> {
    return (await db.all(users)).map((row) => row.user_id as UserId);
  }

  /** @returns whose pushers were removed */
  async removeOthers(tx: Transaction, appId: string, pushkey: string, userId: UserId): Promise<UserId[]> {
    const found = await tx.all(others, appId, pushkey, userId);
    if (found.length > 0) await tx.run(removeOthers, appId, pushkey, userId);
    return found.map((row) => row.user_id as UserId);
  }

  /** @returns whether there was one */
  async remove(tx: Transaction, appId: string, pushkey: string, userId: UserId): Promise<boolean> {
    return (await tx.run(remove, appId, pushkey, userId)) > 0;
  }

  async removeOfDevices(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<boolean> {
    return (await tx.run(removeOfDevices, userId, deviceIds)) > 0;
  }

  async removeOfUser(tx: Transaction, userId: UserId): Promise<boolean> {
    return (await tx.run(removeOfUser, userId)) > 0;
  }

  async progress(db: Reader, pusherId: number): Promise<PusherProgress | undefined> {
    const row = await db.get(progress, pusherId);
    return (
      row && {
        pusherId: row.pusher_id,
        handedOn: row.handed_on,
        failingSince: row.failing_since ?? undefined,
        badge: row.badge ?? undefined,
      }
    );
  }

  async saveProgress(tx: Transaction, all: readonly PusherProgress[]): Promise<void> {
    await tx.runMany(
      saveProgress,
      all.map((one) => [one.handedOn, one.failingSince ?? null, one.badge ?? null, one.pusherId]),
    );
  }
}

const toPusher = (row: PusherRow): Pusher => ({
  pusherId: row.pusher_id,
  userId: row.user_id as UserId,
  kind: row.kind === 'email' ? 'email' : 'http',
  appId: row.app_id,
  pushkey: row.pushkey,
  appDisplayName: row.app_display_name,
  deviceDisplayName: row.device_display_name,
  profileTag: row.profile_tag,
  lang: row.lang,
  data: parseOwn<JsonObject>(row.data),
  deviceId: row.device_id ?? undefined,
  setAt: row.set_ts,
  unsubscribeToken: row.unsubscribe_token,
  from: row.from_pos,
  isEnabled: row.enabled === 1,
});
