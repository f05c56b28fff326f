import { integerAt, stringAt } from '../../../base/json.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import { MatrixError } from '../../../spec/errors.js';
import { askJson, refusalOf } from './json-service.js';
import type { ValidatedAddress, ValidationCredentials } from './validation.js';

/** Somebody wants a text message that proves a phone number. */
export interface PhoneWish {
  readonly country: string;
  readonly phoneNumber: string;
  readonly clientSecret: string;
  readonly sendAttempt: number;
  readonly nextLink: string | undefined;
}

const WHO = 'the service that checks phone numbers';
const API = '_matrix/identity/api/v1';

/**
 * The service that sends text messages for this server (`account_threepid_delegates`): it speaks the first version of the
 * identity service API, which needs no account there.
 */
export class PhoneDelegate {
  constructor(
    private readonly deps: {
      http: OutgoingHttp;
      /** its address with a slash at the end; undefined: there is none */
      url: string | undefined;
    },
  ) {}

  /** Whether phone numbers can be proved here at all. */
  get isAvailable(): boolean {
    return this.deps.url !== undefined;
  }

  /** @returns the session's id there. @throws MatrixError with what the service said; 502, 504 M_UNKNOWN */
  async request({ country, phoneNumber, clientSecret, sendAttempt, nextLink }: PhoneWish): Promise<string> {
    const answer = await askJson(this.deps.http, WHO, {
      method: 'POST',
      url: this.#url('validate/msisdn/requestToken'),
      body: {
        country,
        phone_number: phoneNumber,
        client_secret: clientSecret,
        send_attempt: sendAttempt,
        ...(nextLink === undefined ? {} : { next_link: nextLink }),
      },
    });
    const sid = stringAt(answer.body, 'sid');
    if (answer.status !== 200 || sid === undefined) throw refusalOf(answer, WHO);
    return sid;
  }

  /** @returns whether the token is the one that was sent. @throws MatrixError as `request` does */
  async submit({ sid, clientSecret }: ValidationCredentials, token: string): Promise<boolean> {
    const body = { sid, client_secret: clientSecret, token };
    const url = this.#url('validate/msisdn/submitToken');
    const answer = await askJson(this.deps.http, WHO, { method: 'POST', url, body });
    if (answer.status !== 200) throw refusalOf(answer, WHO);
    return answer.body['success'] === true;
  }

  /** The phone number that a session proved; undefined when it has not. @throws MatrixError 502, 504 M_UNKNOWN */
  async validated({ sid, clientSecret }: ValidationCredentials): Promise<ValidatedAddress | undefined> {
    if (!this.isAvailable) return undefined;
    const query = new URLSearchParams({ sid, client_secret: clientSecret });
    const url = `${this.#url('3pid/getValidated3pid')}?${query}`;
    const { status, body } = await askJson(this.deps.http, WHO, { method: 'GET', url });
    const address = stringAt(body, 'address');
    if (status !== 200 || stringAt(body, 'medium') !== 'msisdn' || address === undefined) return undefined;
    return {
      medium: 'msisdn',
      address: address.replaceAll(/\D/g, ''),
      validatedAt: integerAt(body, 'validated_at') ?? 0,
    };
  }

  #url(path: string): string {
    if (this.deps.url === undefined) {
      throw new MatrixError(400, 'M_THREEPID_MEDIUM_NOT_SUPPORTED', 'phone numbers cannot be used on this server');
    }
    return `${this.deps.url}${API}/${path}`;
  }
}
