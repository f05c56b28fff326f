import type { JsonObject } from '../base/json.js';

/** What people accept, and what becomes of those who did not. */
export interface ConsentConfig {
  /** the one in force */
  readonly version: string;
  /** holds `<language>/<version>.html` */
  readonly folder: string;
  /** what those hear who did not accept and want to say something, with `%(consent_uri)s`; undefined: they may */
  readonly blockMessage: string | undefined;
  /** the content of what the server writes to those who did not accept, with `%(consent_uri)s`; undefined: nothing */
  readonly notice: JsonObject | undefined;
  readonly noticeToGuests: boolean;
  /** signs the links by which people accept; undefined: the server's own key does */
  readonly formSecret: string | undefined;
}
