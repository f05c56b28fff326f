import type { JsonObject } from '../../../base/json.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import type { SigningKey } from '../../../spec/signing.js';

/** Whose server this is. */
export interface Author {
  readonly serverName: ServerName;
  readonly signingKey: SigningKey;
}

/** How far a join through other servers has come. Plain data, for a console. */
export interface JoinProgress {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** ms since the epoch */
  readonly startedAt: number;
  /** the server that is being asked; undefined while none is */
  readonly server: ServerName | undefined;
  /** how many servers were asked, the present one too, of how many */
  readonly asked: number;
  readonly servers: number;
  /**
   * `asking` whether we may come; `joining`: our event is with them, and the room's state on its way; `checking` what
   * came; `storing` it; `completing`: the room is open, and the rest of its members on their way
   */
  readonly stage: 'asking' | 'joining' | 'checking' | 'storing' | 'completing';
  /** events that came so far, and how many of them are checked, or stored while `storing` */
  readonly received: number;
  readonly done: number;
  /** while `completing`: entries of the state that are here, of how many; undefined until that is known */
  readonly state?: { readonly known: number; readonly expected: number };
}

/** A wish that other servers are asked for. */
export interface RemoteRequest {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** what the member event says beside the membership */
  readonly content: JsonObject;
  /** who may help, the likeliest first */
  readonly servers: readonly ServerName[];
}
