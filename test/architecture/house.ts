/** Ground to roof. A folder may import itself and any folder on a lower floor; never its own floor's neighbour, never above. */
export const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['spec'],
  ['config'],
  ['logging', 'storage', 'net'],
  ['tls', 'http'],
  ['matrix/servers'],
  ['matrix/appservices'],
  ['matrix/accounts'],
  ['matrix/media'],
  ['matrix/events'],
  ['matrix/federation'],
  ['matrix/rooms'],
  ['matrix/encryption'],
  ['matrix/ephemeral'],
  ['matrix/push'],
  ['matrix/sync'],
  ['matrix/admin', 'matrix/about', 'matrix/diagnostics'],
  ['maintenance'],
  ['health'],
  ['control'],
  ['homeserver.ts'],
  ['shell'],
  ['main.ts', 'core.ts', 'daemon.ts', 'start.ts'],
];

/** Inside a domain, by file suffix: stores below services below endpoints below the front door. */
export const STOREYS = [
  /\.store\.ts$/,
  /^(?!index\.ts$)[^.]+\.ts$/,
  /\.(client|federation|admin|job|worker)\.ts$/,
  /^index\.ts$/,
];

/** What the renderer may know of the server. */
export const RENDERER_MAY_IMPORT = ['src-main/control/contract.ts', 'src-main/spec/ids.ts'];

/** One home per library. */
export const LIBRARY_HOMES: Readonly<Record<string, RegExp>> = {
  electron: /^(shell\/electron\/|main\.ts)/,
  koa: /^http\//,
  'find-my-way': /^http\//,
  'better-sqlite3': /^storage\/sqlite/,
  pg: /^storage\/postgres/,
  'sodium-native': /^base\/ed25519/,
  bcrypt: /^matrix\/accounts\/passwords\.ts/,
  'lru-cache': /^base\/caches\.ts/,
  sharp: /^matrix\/media\/thumbnails/,
  htmlparser2: /^matrix\/media\/previews\//,
  nodemailer: /^net\/mail\.ts/,
  yaml: /^config\//,
  pino: /^logging\//,
  undici: /^net\//,
  commander: /^shell\/headless\//,
};

export const MAX_LINES = 400;
