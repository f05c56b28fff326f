import { invalidParam } from '../../../spec/errors.js';

const LONGEST = 2000;

/**
 * Where a browser may be sent after a proof.
 *
 * @param domains undefined: anywhere
 * @throws MatrixError M_INVALID_PARAM
 */
export function checkNextLink(link: string | undefined, domains: readonly string[] | undefined): void {
  if (link === undefined) return;
  if (link.length > LONGEST || !URL.canParse(link)) throw invalidParam('next_link is not a link');
  const { protocol, hostname } = new URL(link);
  if (protocol !== 'https:' && protocol !== 'http:')
    throw invalidParam('next_link must begin with https:// or http://');
  if (domains && !domains.includes(hostname))
    throw invalidParam('next_link leads to a domain that is not allowed here');
}
