import { type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import { invalidParam, MatrixError } from '../../../spec/errors.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import { isServerName } from '../../../spec/server-name.js';
import { type SigningKey, signJson } from '../../../spec/signing.js';
import { requestObject, writeXMatrix } from '../../../spec/x-matrix.js';
import { canonicalAddress } from './addresses.js';
import { hashedAddress, mappedUser, readHashDetails, readStoredInvite, type StoredInvite } from './identity-lookup.js';
import { askJson, type JsonAnswer, refusalOf } from './json-service.js';

/** An identity server with the token that the client got from it: whose terms its user has agreed to. */
export interface IdentityServer {
  /** host name, with a port or a path where it has one */
  readonly idServer: string;
  readonly idAccessToken: string;
}

/** Where somebody can be reached who is to be invited. */
export interface InvitedAddress {
  readonly medium: string;
  readonly address: string;
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
      /** a web client that the e-mails with which identity servers invite name */
      webClient: string | undefined;
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

  /**
   * Whose an address is. The identity server learns a hash of it only, where it can do with that.
   *
   * @returns undefined for an address that nobody has bound
   * @throws MatrixError with what the identity server said; 502 and 504 M_UNKNOWN when it does not answer
   */
  async lookup(
    { idServer, idAccessToken: token }: IdentityServer,
    { medium, address }: InvitedAddress,
  ): Promise<UserId | undefined> {
    const asked = await this.ask(idServer, 'GET', '/hash_details', { token });
    if (asked.status !== 200) throw refusalOf(asked, WHO);
    const details = readHashDetails(asked);
    if (!details) throw new MatrixError(502, 'M_UNKNOWN', `${WHO} wants hashes that are not known here`);
    const hash = hashedAddress(medium, canonicalAddress(medium, address), details);
    const body = { addresses: [hash], algorithm: details.algorithm, pepper: details.pepper };
    const answer = await this.ask(idServer, 'POST', '/lookup', { token, body });
    if (answer.status !== 200) throw refusalOf(answer, WHO);
    return mappedUser(answer, hash);
  }

  /**
   * Leaves an invitation for whoever will bind the address.
   *
   * @param invitation room, sender and address in the words of the identity service API
   * @throws MatrixError with what the identity server said; 502 and 504 M_UNKNOWN when it does not answer
   */
  async storeInvite({ idServer, idAccessToken: token }: IdentityServer, invitation: JsonObject): Promise<StoredInvite> {
    const { webClient } = this.deps;
    const body = webClient === undefined ? invitation : { ...invitation, 'org.matrix.web_client_location': webClient };
    const answer = await this.ask(idServer, 'POST', '/store-invite', { token, body });
    if (answer.status !== 200) throw refusalOf(answer, WHO);
    return readStoredInvite(answer);
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
