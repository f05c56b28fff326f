import {
  AuthType,
  createClient,
  Direction,
  InteractiveAuth,
  type IStartClientOpts,
  type LoginResponse,
  type MatrixClient,
  MatrixError,
  Method,
  type MatrixEvent,
  PendingEventOrdering,
  type RegisterResponse,
  type Room,
  SyncState,
} from 'matrix-js-sdk';
import { type CryptoApi, decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { until } from './until.js';
import { quiet, Witness } from './witness.js';

/** One device of somebody: matrix-js-sdk with its Rust crypto, as web clients run it. */
export class Device {
  /** opens the owner's secret storage, once it was made or typed in */
  recoveryKey: string | undefined;

  private constructor(
    readonly name: string,
    readonly client: MatrixClient,
    readonly witness: Witness,
  ) {}

  /** Makes an account with an invitation, going through the stages that the server asks for. */
  static async register(server: TestHomeserver, name: string, invitation: string): Promise<Device> {
    const client = createClient({ baseUrl: server.url, logger: quiet });
    const account = { username: name, password: passwordOf(name) };
    const auth: InteractiveAuth<RegisterResponse> = new InteractiveAuth({
      matrixClient: client,
      doRequest: (dict) => client.registerRequest({ ...account, ...(dict && { auth: dict }) }),
      stateUpdated: (stage) => {
        if (stage !== AuthType.RegistrationToken) return;
        void auth.submitAuthDict({ type: stage, token: invitation, session: auth.getSessionId() });
      },
      requestEmailToken: () => Promise.reject(new Error('no e-mail is needed')),
    });
    return Device.#open(server, name, await auth.attemptAuth());
  }

  static async logIn(server: TestHomeserver, name: string): Promise<Device> {
    const session = await createClient({ baseUrl: server.url, logger: quiet }).loginRequest({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: name },
      password: passwordOf(name),
      initial_device_display_name: 'Tablet',
    });
    return Device.#open(server, name, session);
  }

  static async #open(server: TestHomeserver, name: string, session: RegisterResponse | LoginResponse): Promise<Device> {
    const witness = new Witness();
    const client = createClient({
      baseUrl: server.url,
      userId: session.user_id,
      deviceId: session.device_id,
      accessToken: session.access_token,
      fetchFn: witness.fetch,
      logger: quiet,
      timelineSupport: true,
      cryptoCallbacks: {
        getSecretStorageKey: async ({ keys }) => {
          const [keyId] = Object.keys(keys);
          return keyId && device.recoveryKey ? [keyId, decodeRecoveryKey(device.recoveryKey)] : null;
        },
      },
    });
    const device = new Device(name, client, witness);
    await client.initRustCrypto({ useIndexedDB: false });
    return device;
  }

  get userId(): string {
    return this.client.getSafeUserId();
  }

  get deviceId(): string {
    return found(this.client.getDeviceId(), 'the device id');
  }

  get crypto(): CryptoApi {
    return found(this.client.getCrypto(), 'the crypto');
  }

  /** Syncs until stopped; resolves after the first sync. */
  async start(options: IStartClientOpts = {}): Promise<void> {
    await this.client.startClient({
      lazyLoadMembers: true,
      threadSupport: true,
      pendingEventOrdering: PendingEventOrdering.Detached,
      pollTimeout: 5000,
      ...options,
    });
    await until('the first sync', () => this.client.isInitialSyncComplete());
  }

  /** A room, once the client knows that its owner has this membership. */
  room(roomId: string, membership = 'join'): Promise<Room> {
    return until(`${membership} of ${this.name} in ${roomId}`, () => {
      const room = this.client.getRoom(roomId);
      return room?.getMyMembership() === membership && room;
    });
  }

  /** Sends a text; resolves with the event's id. */
  async say(roomId: string, body: string): Promise<string> {
    return (await this.client.sendTextMessage(roomId, body)).event_id;
  }

  /** Resolves with the event of the live timeline that says this, decrypted, once the server sent it. */
  read(roomId: string, body: string): Promise<MatrixEvent> {
    return until(`"${body}" before the eyes of ${this.name}`, () =>
      this.events(roomId).find((event) => event.getContent()['body'] === body && event.status === null),
    );
  }

  /** What the client holds of a room's timeline without a gap, oldest first. */
  events(roomId: string): MatrixEvent[] {
    const events: MatrixEvent[] = [];
    let timeline = this.client.getRoom(roomId)?.getLiveTimeline() ?? null;
    for (; timeline; timeline = timeline.getNeighbouringTimeline(Direction.Backward)) {
      events.unshift(...timeline.getEvents());
    }
    return events;
  }

  /** The devices of somebody that this one knows of, and would encrypt for. */
  async devicesOf(userId: string): Promise<string[]> {
    const devices = await this.crypto.getUserDeviceInfo([userId]);
    return [...(devices.get(userId)?.keys() ?? [])];
  }

  /** The bytes of a file, by its `mxc:` address. */
  async download(uri: string): Promise<Buffer> {
    const url = this.client.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true) ?? '';
    const response = await fetch(url, { headers: { authorization: `Bearer ${this.client.getAccessToken()}` } });
    return Buffer.from(await response.arrayBuffer());
  }

  /** Makes cross-signing keys, a secret storage with them, and a key backup; sets the recovery key. */
  async setUpRecovery(): Promise<void> {
    await this.crypto.bootstrapCrossSigning({
      authUploadDeviceSigningKeys: async (upload) => {
        try {
          return await upload(null);
        } catch (error) {
          if (!(error instanceof MatrixError) || error.httpStatus !== 401) throw error;
          const identifier = { type: 'm.id.user', user: this.userId };
          const { session } = error.data as { session: string };
          return upload({ type: 'm.login.password', identifier, password: passwordOf(this.name), session });
        }
      },
    });
    await this.crypto.bootstrapSecretStorage({
      setupNewKeyBackup: true,
      createSecretStorageKey: async () => {
        const key = await this.crypto.createRecoveryKeyFromPassphrase();
        this.recoveryKey = found(key.encodedPrivateKey, 'the recovery key');
        return key;
      },
    });
    await this.crypto.checkKeyBackupAndEnable();
  }

  /** Resolves when the client sees that there is no server. */
  goesOffline(): Promise<unknown> {
    return until(`${this.name} offline`, () => this.client.getSyncState() === SyncState.Reconnecting);
  }

  /** Connects again, as clients do when the network is back, and sends what could not be sent. */
  async comesBack(): Promise<void> {
    this.client.retryImmediately();
    await until(`${this.name} online`, () => this.client.getSyncState() === SyncState.Syncing);
    for (const room of this.client.getRooms()) {
      for (const event of room.getPendingEvents()) await this.client.resendEvent(event, room);
    }
  }

  /** How many keys the server holds in the backup; the SDK remembers the number, so it is asked past it. */
  async backedUp(): Promise<number> {
    return (await this.client.http.authedRequest<{ count: number }>(Method.Get, '/room_keys/version')).count;
  }

  [Symbol.dispose](): void {
    this.client.stopClient();
  }
}

const passwordOf = (name: string): string => `correct horse ${name}`;

function found<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`${what} is missing`);
  return value;
}
