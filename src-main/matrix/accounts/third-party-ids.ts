import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { ThirdPartyId, ThirdPartyIdStore } from './third-party-ids.store.js';

/** E-mail addresses and phone numbers of accounts. @see https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information */
export class ThirdPartyIds {
  constructor(private readonly deps: { db: Database; store: ThirdPartyIdStore }) {}

  async list(userId: UserId): Promise<ThirdPartyId[]> {
    return this.deps.store.ofUser(this.deps.db, userId);
  }

  /** Whose address it is, however it is written. */
  async owner(medium: string, address: string): Promise<UserId | undefined> {
    return this.deps.store.owner(this.deps.db, medium, canonicalAddress(medium, address));
  }
}

/** @see https://spec.matrix.org/v1.19/appendices/#3pid-types */
export const canonicalAddress = (medium: string, address: string): string =>
  medium === 'email' ? address.toLowerCase() : address;
