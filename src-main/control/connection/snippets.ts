import type { WebServer } from '../contract.js';

/** What a web server has to be told to pass on. */
export interface FrontFacts {
  readonly serverName: string;
  /** the name by which this server is reached: the server name, or another one */
  readonly host: string;
  /** where this server listens without TLS, as the web server reaches it: `127.0.0.1:8008` */
  readonly upstream: string;
}

/** A piece of a web server's own configuration. */
export interface Snippet {
  /** where it belongs, as such servers usually have it */
  readonly file: string;
  readonly text: string;
}

/** The largest upload passed on: more than this server takes, so that it is this server that says no. */
const MOST_MEGABYTES = 200;
/** How long an answer may be waited for: long polls are silent for a while. */
const PATIENCE_SECONDS = 600;
/** Everything that clients and other servers ask for, and the page behind invitations. */
const PATHS = ['/_matrix', '/_synapse/client', '/.well-known/matrix', '/join'] as const;
const PATTERN = '^/(_matrix|_synapse/client|join|\\.well-known/matrix)(/|$)';

/** What to add to a web server so that it passes requests on as they came. */
export const snippetFor = (server: WebServer, facts: FrontFacts): Snippet => WRITERS[server](facts);

/** What a site of the server's name says at `/.well-known/matrix/…`, when the server is reached by another name. */
export function delegationFiles({ host }: Pick<FrontFacts, 'host'>): { path: string; text: string }[] {
  return [
    { path: '/.well-known/matrix/server', text: JSON.stringify({ 'm.server': `${host}:443` }) },
    {
      path: '/.well-known/matrix/client',
      text: JSON.stringify({ 'm.homeserver': { base_url: `https://${host}` } }),
    },
  ];
}

const isElsewhere = ({ serverName, host }: FrontFacts): boolean => serverName !== host;

const WRITERS: Readonly<Record<WebServer, (facts: FrontFacts) => Snippet>> = {
  caddy: (facts) => ({ file: '/etc/caddy/Caddyfile', text: caddy(facts) }),
  nginx: (facts) => ({ file: `/etc/nginx/sites-enabled/${facts.host}.conf`, text: nginx(facts) }),
  apache: (facts) => ({ file: `/etc/apache2/sites-enabled/${facts.host}.conf`, text: apache(facts) }),
  haproxy: (facts) => ({ file: '/etc/haproxy/haproxy.cfg', text: haproxy(facts) }),
  traefik: (facts) => ({ file: `/etc/traefik/dynamic/${facts.host}.yml`, text: traefik(facts) }),
};

function caddy(facts: FrontFacts): string {
  const { host, serverName, upstream } = facts;
  const site = `${host} {
	@hearth path ${PATHS.flatMap((path) => [path, `${path}/*`]).join(' ')}
	reverse_proxy @hearth ${upstream}
}
`;
  if (!isElsewhere(facts)) return site;
  const answers = delegationFiles(facts).map(
    ({ path, text }) => `	header ${path} Content-Type application/json
	header ${path} Access-Control-Allow-Origin *
	respond ${path} \`${text}\``,
  );
  return `${site}
# These lines belong to the site that ${serverName} already has.
${serverName} {
${answers.join('\n')}
}
`;
}

function nginx(facts: FrontFacts): string {
  const { host, serverName, upstream } = facts;
  const site = `server {
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name ${host};
    ssl_certificate     /etc/letsencrypt/live/${host}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/${host}/privkey.pem;

    location ~ ${PATTERN} {
        # Without a path behind the port: nginx would decode and spoil addresses.
        proxy_pass http://${upstream};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_read_timeout ${PATIENCE_SECONDS}s;
        proxy_buffering off;
        client_max_body_size ${MOST_MEGABYTES}M;
    }
}
`;
  if (!isElsewhere(facts)) return site;
  const answers = delegationFiles(facts).map(
    ({ path, text }) => `    location = ${path} {
        default_type application/json;
        add_header Access-Control-Allow-Origin *;
        return 200 '${text}';
    }`,
  );
  return `${site}
# These lines belong into the "server" block that ${serverName} already has.
server {
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name ${serverName};
    ssl_certificate     /etc/letsencrypt/live/${serverName}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/${serverName}/privkey.pem;

${answers.join('\n')}
}
`;
}

function apache(facts: FrontFacts): string {
  const { host, upstream } = facts;
  const passes = PATHS.map(
    (path) => `    ProxyPass ${path} http://${upstream}${path} nocanon timeout=${PATIENCE_SECONDS}`,
  );
  return `# Needs: a2enmod ssl proxy proxy_http headers
<VirtualHost *:443>
    ServerName ${host}
    SSLEngine on
    SSLCertificateFile    /etc/letsencrypt/live/${host}/fullchain.pem
    SSLCertificateKeyFile /etc/letsencrypt/live/${host}/privkey.pem

    # With these two, addresses go on as they came; signatures are made over them.
    AllowEncodedSlashes NoDecode
    # "nocanon" below
    ProxyRequests Off
    ProxyPreserveHost On
    ProxyAddHeaders Off
    RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}"
    RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"
    LimitRequestBody ${MOST_MEGABYTES * 1_048_576}
${passes.join('\n')}
</VirtualHost>
`;
}

function haproxy(facts: FrontFacts): string {
  const { host, serverName, upstream } = facts;
  const answers = delegationFiles(facts).map(
    ({ path, text }) =>
      `    http-request return status 200 content-type application/json hdr Access-Control-Allow-Origin "*" string '${text}' if { hdr(host),field(1,:) -i ${serverName} } { path ${path} }`,
  );
  const delegation = isElsewhere(facts)
    ? `    # What ${serverName} says of where this server is.\n${answers.join('\n')}\n`
    : '';
  return `# One file with certificate and key together for each name in this folder.
frontend https
    mode http
    bind :443 ssl crt /etc/haproxy/certs/ alpn h2,http/1.1
    timeout client ${PATIENCE_SECONDS}s
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto https
${delegation}    acl hearth_host hdr(host),field(1,:) -i ${host}
    acl hearth_path path_beg ${PATHS.join(' ')}
    use_backend hearth if hearth_host hearth_path

backend hearth
    mode http
    timeout connect 5s
    timeout server ${PATIENCE_SECONDS}s
    server hearth ${upstream}
`;
}

function traefik({ host, upstream }: FrontFacts): string {
  const rule = PATHS.map((path) => `PathPrefix(\`${path}\`)`).join(' || ');
  return `# Newer versions of Traefik refuse addresses with %2F unless its own, static file says:
#   entryPoints:
#     websecure:
#       http:
#         encodedCharacters:
#           allowEncodedSlash: true
#           allowEncodedPercent: true
#           allowEncodedQuestionMark: true
#           allowEncodedHash: true
#           allowEncodedSemicolon: true
#       transport:
#         respondingTimeouts:
#           readTimeout: ${PATIENCE_SECONDS}s
http:
  routers:
    hearth:
      rule: "Host(\`${host}\`) && (${rule})"
      entryPoints: [websecure]
      service: hearth
      tls:
        certResolver: letsencrypt
  services:
    hearth:
      loadBalancer:
        passHostHeader: true
        servers:
          - url: "http://${upstream}"
`;
}
