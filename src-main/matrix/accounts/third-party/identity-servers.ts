import { type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import { invalidParam } from '../../../spec/errors.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import { isServerName } from '../../../spec/server-name.js';
import { type SigningKey, signJson } from '../../../spec/signing.js';
import { requestObject, writeXMatrix } from '../../../spec/x-matrix.js';
import { askJson, type JsonAnswer, refusalOf } from './json-service.js';

/** An identity server with the token that the client got from it: whose terms its user has agreed to. */
export interface IdentityServer {
  /** host name, with a port or a path where it has one */
  readonly idServer: string;
  readonly idAccessToken: string;
}

const LONGEST = 300;
const WHO = 'the identity server';
const API = '/_matrix/identity/v2';

/** @throws MatrixError M_INVALID_PARAM for what names no server */
export function checkIdServer(idServer: string): void {
  const [host = '', ...path] = idServer.split('/');
  const isFine = idServer.length <= LONGEST && isServerName(host) && /^[\w./~-]*$/.test(path.join('/'));
  if (!isFine || path.includes('..'))
    throw invalidParam('id_server must be a host name, with a port or a path at most');
}

/**
 * Identity servers, asked only where a client names one: this server publishes no address by itself.
 *
 * @see https://spec.matrix.org/v1.19/identity-service-api/
 */
export class IdentityServers {
  constructor(
    private readonly deps: {
      http: OutgoingHttp;
      serverName: ServerName;
      signingKey: SigningKey;
    },
  ) {}

  /**
   * Has an address published that the client proved there.
   *
   * @returns what is published now
   * @throws MatrixError with what the identity server said; 502 and 504 M_UNKNOWN when it does not answer
   */
  async bind(
    { idServer, idAccessToken }: IdentityServer,
    { sid, clientSecret, userId }: { sid: string; clientSecret: string; userId: UserId },
  ): Promise<{ medium: string; address: string }> {
    const body = { sid, client_secret: clientSecret, mxid: userId };
    const answer = await this.ask(idServer, 'POST', '/3pid/bind', { token: idAccessToken, body });
    if (answer.status !== 200) throw refusalOf(answer, WHO);
    return { medium: stringAt(answer.body, 'medium') ?? '', address: stringAt(answer.body, 'address') ?? '' };
  }

  /**
   * Has an address withdrawn; this server vouches for its user.
   *
   * @returns false when the identity server does not do that
   * @throws MatrixError 502 and 504 M_UNKNOWN when it does not answer or fails
   */
  async unbind(idServer: string, userId: UserId, medium: string, address: string): Promise<boolean> {
    checkIdServer(idServer);
    const [host = '', ...path] = idServer.split('/');
    const uri = `${['', ...path].join('/').replace(/\/$/, '')}${API}/3pid/unbind`;
    const content = { mxid: userId, threepid: { medium, address } };
    const authorization = this.#sign({ uri, destination: host as ServerName, content });
    const question = { method: 'POST', url: `https://${host}${uri}`, body: content, authorization } as const;
    const answer = await askJson(this.deps.http, WHO, question);
    if (answer.status === 200) return true;
    if (answer.status === 400 || answer.status === 404 || answer.status === 501) return false;
    throw refusalOf(answer, WHO);
  }

  /** One request below `/_matrix/identity/v2`, as the user of the token. @throws MatrixError 502 and 504 M_UNKNOWN */
  async ask(
    idServer: string,
    method: 'GET' | 'POST',
    path: string,
    { token, body }: { readonly token: string; readonly body?: JsonObject },
  ): Promise<JsonAnswer> {
    checkIdServer(idServer);
    const url = `https://${idServer.replace(/\/+$/, '')}${API}${path}`;
    return askJson(this.deps.http, WHO, {
      method,
      url,
      authorization: `Bearer ${token.replaceAll(/[^\x21-\x7e]/g, '')}`,
      ...(body === undefined ? {} : { body }),
    });
  }

  #sign({ uri, destination, content }: { uri: string; destination: ServerName; content: JsonObject }): string {
    const { serverName: origin, signingKey } = this.deps;
    const signed = signJson(requestObject({ method: 'POST', uri, origin, destination, content }), origin, signingKey);
    const signature = stringAt(objectAt(objectAt(signed, 'signatures'), origin), signingKey.keyId) ?? '';
    return writeXMatrix({ origin, destination, keyId: signingKey.keyId, signature });
  }
}
