import type { JsonObject } from '../../base/json.js';
import type { RoomVersion, UserId } from '../../spec/ids.js';

export type Preset = 'private_chat' | 'trusted_private_chat' | 'public_chat';

/** What a new room shall be. */
export interface NewRoom {
  readonly creator: UserId;
  readonly visibility: 'public' | 'private';
  readonly preset: Preset | undefined;
  readonly version: RoomVersion | undefined;
  readonly aliasLocalpart: string | undefined;
  readonly name: string | undefined;
  readonly topic: string | undefined;
  readonly invite: readonly UserId[];
  readonly isDirect: boolean;
  readonly creationContent: JsonObject;
  readonly initialState: readonly { readonly type: string; readonly stateKey: string; readonly content: JsonObject }[];
  readonly powerLevels: JsonObject | undefined;
  /** made by the server for itself: neither counted nor encrypted, its creator shown with `profile` */
  readonly byServer?: { readonly profile: JsonObject };
}
