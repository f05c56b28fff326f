import type { ServerName } from './ids.js';
import { isServerName } from './server-name.js';

/** Where a piece of media lives. */
export interface MediaAddress {
  readonly server: ServerName;
  /** letters, digits, `_` and `-` */
  readonly mediaId: string;
}

export type MxcUri = `mxc://${string}/${string}`;

/** Whether `text` can be a media id: nothing that means something in a path. */
export const isMediaId = (text: string): boolean => /^[0-9A-Za-z_-]{1,255}$/.test(text);

/**
 * Takes `mxc://example.org/abc` apart.
 *
 * @returns undefined when `uri` is no such address
 * @see https://spec.matrix.org/v1.19/client-server-api/#matrix-content-mxc-uris
 */
export function parseMxc(uri: string): MediaAddress | undefined {
  const [, server = '', mediaId = ''] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(uri) ?? [];
  return isServerName(server) && isMediaId(mediaId) ? { server, mediaId } : undefined;
}

export const mxcUri = ({ server, mediaId }: MediaAddress): MxcUri => `mxc://${server}/${mediaId}`;
