import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Config } from '../../src-main/config/config.js';
import { toBase64 } from '../../src-main/base/base64.js';
import { keyPairFromSeed } from '../../src-main/base/ed25519.js';
import type { JsonObject } from '../../src-main/base/json.js';
import { signJson } from '../../src-main/spec/signing.js';
import { type AddressInfo } from 'node:net';

/** A request as the identity server got it. */
export interface IdentityRequest {
  readonly method: string;
  /** without the query */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: any;
}

interface Session {
  readonly medium: string;
  readonly address: string;
  readonly clientSecret: string;
  isValidated: boolean;
}

type Answer = readonly [status: number, body: JsonObject];

const NO_SESSION: Answer = [404, { errcode: 'M_NO_VALID_SESSION', error: 'no such session' }];
/** What a text message would say. */
export const PHONE_TOKEN = '123456';
const PEPPER = 'matrixrocks';

/**
 * A real identity server on loopback: as much of its API as a homeserver and the clients of its people need, with TLS and
 * a certificate that nobody vouches for. `await using identity = await startIdentityServer();`
 */
export async function startIdentityServer(): Promise<IdentityServerDouble> {
  const double = new IdentityServerDouble();
  await double.listen();
  return double;
}

/** What a homeserver must be told to ask servers on loopback. */
export const reachingLoopback = ({ federation }: Config): Partial<Config> => ({
  federation: { ...federation, unverifiedServices: true, allowedRanges: ['127.0.0.0/8'] },
});

export class IdentityServerDouble {
  /** everything that was asked, in order */
  readonly requests: IdentityRequest[] = [];
  /** `medium address` → user */
  readonly bindings = new Map<string, string>();
  /** invitations that wait, as they were stored */
  readonly invitations: any[] = [];
  /** answers what begins with this path with this status instead, and nothing that means anything */
  failing: { readonly path: string; readonly status: number; readonly body?: JsonObject } | undefined;
  /** the token that its users have */
  readonly accessToken = 'a-token-of-the-identity-server';
  readonly key = { keyId: 'ed25519:0', ...keyPairFromSeed(Buffer.alloc(32, 7)) };
  readonly #sessions = new Map<string, Session>();
  readonly #server: Server;
  name = '';

  constructor() {
    const tls = { cert: readFileSync('test/fixtures/tls/one.crt'), key: readFileSync('test/fixtures/tls/one.key') };
    this.#server = createServer(tls, async (request, response) => {
      const [status, body] = await this.#answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.name = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Somebody proved an address to the identity server. */
  proved(medium: string, address: string, clientSecret: string): string {
    const sid = randomUUID();
    this.#sessions.set(sid, { medium, address, clientSecret, isValidated: true });
    return sid;
  }

  /** The last request to a path that ends so. */
  last(path: string): IdentityRequest | undefined {
    return this.requests.findLast((request) => request.path.endsWith(path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '', 'https://identity.test');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { authorization } = request.headers;
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      authorization,
      body: text ? JSON.parse(text) : {},
    };
    this.requests.push(seen);
    const { failing } = this;
    if (failing && seen.path.startsWith(failing.path)) return [failing.status, failing.body ?? {}];
    if (seen.path.startsWith('/_matrix/identity/api/v1/')) return this.#first(seen, url.searchParams);
    return this.#second(seen, url.searchParams);
  }

  /** The second version of the API, for users with a token of the identity server. */
  #second({ path, authorization, body }: IdentityRequest, query: URLSearchParams): Answer {
    const name = path.replace('/_matrix/identity/v2', '');
    if (name === '/pubkey/isvalid') return [200, { valid: query.get('public_key') === toBase64(this.key.publicKey) }];
    if (name === '/3pid/unbind') return this.#unbind(body);
    if (authorization !== `Bearer ${this.accessToken}`) return [401, { errcode: 'M_UNAUTHORIZED', error: 'no token' }];
    if (name === '/3pid/bind') return this.#bind(body);
    if (name === '/hash_details') return [200, { algorithms: ['sha256', 'none'], lookup_pepper: PEPPER }];
    if (name === '/lookup') return this.#lookup(body);
    if (name === '/store-invite') return this.#storeInvite(body);
    return [404, { errcode: 'M_UNRECOGNIZED', error: 'no such endpoint' }];
  }

  /** The first version, which homeservers use that have it send text messages for them. */
  #first({ path, body }: IdentityRequest, query: URLSearchParams): Answer {
    const name = path.replace('/_matrix/identity/api/v1', '');
    if (name === '/validate/msisdn/requestToken') {
      const sid = randomUUID();
      const address = `44${String(body.phone_number).replace(/^0/, '')}`;
      this.#sessions.set(sid, { medium: 'msisdn', address, clientSecret: body.client_secret, isValidated: false });
      return [200, { sid }];
    }
    if (name === '/validate/msisdn/submitToken') {
      const session = this.#session(body.sid, body.client_secret);
      if (session && body.token === PHONE_TOKEN) session.isValidated = true;
      return [200, { success: session?.isValidated === true }];
    }
    const session = this.#session(query.get('sid') ?? '', query.get('client_secret') ?? '');
    if (!session) return NO_SESSION;
    if (!session.isValidated) return [400, { errcode: 'M_SESSION_NOT_VALIDATED', error: 'not yet' }];
    return [200, { medium: session.medium, address: session.address, validated_at: 1_700_000_000_000 }];
  }

  #bind({ sid, client_secret, mxid }: any): Answer {
    const session = this.#session(sid, client_secret);
    if (!session) return NO_SESSION;
    const { medium, address } = session;
    this.bindings.set(`${medium} ${address}`, mxid);
    return [200, { medium, address, mxid, not_before: 1, not_after: 2, ts: 1, signatures: {} }];
  }

  #unbind({ mxid, threepid }: any): Answer {
    const key = `${threepid.medium} ${threepid.address}`;
    if (this.bindings.get(key) !== mxid) return [403, { errcode: 'M_FORBIDDEN', error: 'not bound' }];
    this.bindings.delete(key);
    return [200, {}];
  }

  #lookup({ addresses, pepper }: any): Answer {
    if (pepper !== PEPPER) return [400, { errcode: 'M_INVALID_PEPPER', error: 'another pepper' }];
    const known = [...this.bindings].map(([key, mxid]) => {
      const [medium, address] = key.split(' ');
      const hash = createHash('sha256').update(`${address} ${medium} ${PEPPER}`).digest('base64url');
      return [hash, mxid] as const;
    });
    return [200, { mappings: Object.fromEntries(known.filter(([hash]) => addresses.includes(hash))) }];
  }

  #storeInvite(body: any): Answer {
    this.invitations.push(body);
    const token = `invitation-${this.invitations.length}`;
    const validity = `https://${this.name}/_matrix/identity/v2/pubkey/isvalid`;
    const public_keys = [{ public_key: toBase64(this.key.publicKey), key_validity_url: validity }];
    return [200, { token, public_keys, display_name: `${String(body.address).slice(0, 2)}...` }];
  }

  /** What the identity server signs for whoever binds an invited address. */
  signInvitation(token: string, mxid: string): JsonObject {
    return signJson({ mxid, token }, this.name, this.key);
  }

  #session(sid: string, clientSecret: string): Session | undefined {
    const session = this.#sessions.get(sid);
    return session?.clientSecret === clientSecret ? session : undefined;
  }
}
