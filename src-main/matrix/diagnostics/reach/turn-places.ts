/** Where a TURN server is, as a URI says it. */
export interface TurnPlace {
  readonly uri: string;
  /** undefined: it is no TURN URI */
  readonly host: string | undefined;
  readonly port: number;
  readonly isUdp: boolean;
}

const PORT = 3478;
const TLS_PORT = 5349;

/** @see https://www.rfc-editor.org/rfc/rfc7065 */
export const turnPlaces = (uris: readonly string[]): readonly TurnPlace[] =>
  uris.map((uri) => {
    const [, scheme, host, port, transport] =
      /^(turns?):(\[[0-9a-f:.]+\]|[^:?[\]]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(uri) ?? [];
    const isSecure = scheme?.toLowerCase() === 'turns';
    return {
      uri,
      host: host?.replace(/^\[(.*)\]$/, '$1'),
      port: port === undefined ? (isSecure ? TLS_PORT : PORT) : Number(port),
      isUdp: !isSecure && transport?.toLowerCase() !== 'tcp',
    };
  });
