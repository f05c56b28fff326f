/**
 * Who should reach the server. `try`: this computer only, nothing to keep; `home`: every device on the home network;
 * `direct`: everybody, straight to this computer; `proxy`: everybody, by way of a web server that the person runs;
 * `tunnel`: everybody, by way of a service that brings requests in.
 */
export type SetupMode = 'try' | 'home' | 'direct' | 'proxy' | 'tunnel';

export type WebServer = 'caddy' | 'nginx' | 'apache' | 'haproxy' | 'traefik';

export interface CertificateFiles {
  certificatePath: string;
  privateKeyPath: string;
}
