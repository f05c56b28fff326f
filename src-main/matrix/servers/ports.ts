import type { Readable } from 'node:stream';
import type { Milliseconds } from '../../base/clock.js';
import type { JsonObject, JsonValue } from '../../base/json.js';
import type { ServerName } from '../../spec/ids.js';
import type { Attempt } from './attempts.store.js';
import type { Destination, DestinationPage } from './destinations.store.js';

/** A request to another server, before it is signed. */
export interface ServerRequest {
  readonly destination: ServerName;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** from `/_matrix/` on; variable parts went through `encodeURIComponent` */
  readonly path: string;
  /** not encoded; lists repeat their key, what is undefined is left out */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** sent as JSON */
  readonly body?: JsonObject;
  /** the same as canonical JSON, instead of `body`: for what is written once and goes to many */
  readonly bodyText?: string;
  /** for the whole of it, from finding the server to the last byte; a minute unless said here or configured */
  readonly timeout?: Milliseconds;
  /** most bytes of the answer; 10 MiB unless said */
  readonly maxBytes?: number;
  /** ask even a server that failed of late: for what a user waits for */
  readonly evenIfDown?: boolean;
  readonly signal?: AbortSignal;
}

/** An answer with status 2xx whose body has not been read yet: read it whole, or destroy it. */
export interface ServerAnswer {
  readonly status: number;
  /** names in lower case; of several of a name the first */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** fails with a RemoteError when it is broken off, too slow, or longer than `maxBytes` */
  readonly body: Readable;
}

/** Requests to other servers: found, signed, and bounded in time, size and number. */
export interface ServerRequests {
  /**
   * Asks and reads the answer, whatever JSON it is. Numbers that canonical JSON forbids come as RawNumber.
   *
   * @throws RemoteError
   */
  json(request: ServerRequest): Promise<JsonValue>;
  /**
   * Asks and hands over the answer while it comes.
   *
   * @throws RemoteError unless the answer has a status of 2xx, or 3xx with a Location
   */
  stream(request: ServerRequest): Promise<ServerAnswer>;
}

/** Which servers are asked, and which are let rest because they failed. Survives a restart. */
export interface Destinations {
  isResting(server: ServerName): boolean;
  /** When a resting server is tried again, in ms since the epoch; undefined for one that does not rest. */
  nextTry(server: ServerName): Milliseconds | undefined;
  /**
   * Calls `listener` when a server that rested answers or speaks to us, until the returned function is called. Must not
   * throw.
   */
  onAwake(listener: (server: ServerName) => void): () => void;
  /** It sent us something with a good signature: it is up. */
  heardFrom(server: ServerName): void;
  /** Since when a server fails; undefined for one that answered last, or was never asked. */
  failingSince(server: ServerName): Milliseconds | undefined;
  /** How all fare together: those that answered since the start, or began to fail after `since`. From memory. */
  summary(since: Milliseconds): { readonly known: number; readonly failing: number };
  /** How a server fares; undefined when it was never asked. */
  report(server: ServerName): Promise<Destination | undefined>;
  /** The last turns in how a server fared, the newest first. */
  attempts(server: ServerName): Promise<Attempt[]>;
  /** Forgets a server: when it is asked again it is as if for the first time. */
  forget(server: ServerName): Promise<void>;
  /** All that were ever asked, by name. */
  list(page: DestinationPage): Promise<Destination[]>;
}

/** One signature of a server to be checked. */
export interface SignatureCheck {
  readonly signer: ServerName;
  /** `ed25519:…` → unpadded base64: one of them that holds is enough */
  readonly signatures: Readonly<Record<string, string>>;
  /** what was signed: canonical JSON */
  readonly text: string;
  /** when it was signed, in ms since the epoch */
  readonly at: Milliseconds;
  /** the key must have been valid at that moment: so do requests, and events from room version 5 on */
  readonly validityMatters: boolean;
}

/** Whether a signature holds; `missing-key`: nobody could tell the key, which may be otherwise later. */
export type SignatureVerdict =
  | { readonly holds: true }
  | { readonly holds: false; readonly why: 'wrong' | 'missing-key' };

/** The keys of other servers. */
export interface KeyRing {
  /**
   * The key that `server` signed with at a moment: from our store, from the server itself, or from a notary.
   *
   * @returns 32 raw bytes, or undefined when nobody can tell
   */
  keyOf(
    server: ServerName,
    keyId: string,
    at: Milliseconds,
    options: { readonly validityMatters: boolean; readonly signal?: AbortSignal },
  ): Promise<Uint8Array | undefined>;
  /** Whether `object` has a signature of `server` that holds now. */
  verifyJson(object: JsonObject, server: ServerName, options?: { readonly signal?: AbortSignal }): Promise<boolean>;
  /**
   * Checks many signatures, each server asked once for all its keys, in parallel; large numbers in a worker thread.
   *
   * @returns the verdicts, in the order of the checks
   */
  verify(checks: readonly SignatureCheck[], options?: { readonly signal?: AbortSignal }): Promise<SignatureVerdict[]>;
}
