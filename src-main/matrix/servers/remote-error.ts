import type { ServerName } from '../../spec/ids.js';

/**
 * Why there is no answer of another server that could be used:
 * `unreachable` (not found, not connected, wrong certificate, too slow, broken off, or a 5xx of something before it),
 * `resting` (it failed of late and is not asked now), `answered` (it refused: see `status` and `errcode`),
 * `invalid` (what it answered is not what the spec wants, or too large), `refused` (we do not talk to it: our own name,
 * or not on the list of those whom this server federates with).
 */
export type RemoteErrorKind = 'unreachable' | 'resting' | 'answered' | 'invalid' | 'refused';

export interface RemoteErrorFacts {
  /** HTTP status, when it answered */
  readonly status?: number;
  /** `M_…`, when it said so */
  readonly errcode?: string;
  /** the answer's other keys, when it was a standard error: `room_version` of M_INCOMPATIBLE_ROOM_VERSION … */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Another server did not do what it was asked. The message is a sentence for logs and administrators. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly status: number | undefined;
  readonly errcode: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly kind: RemoteErrorKind,
    readonly server: ServerName,
    /** without the server's name */
    readonly why: string,
    { status, errcode, fields = {} }: RemoteErrorFacts = {},
    options?: ErrorOptions,
  ) {
    super(`${server}: ${why}`, options);
    this.status = status;
    this.errcode = errcode;
    this.fields = fields;
  }
}
