/** Ends of names that never lead anywhere outside a home: no name server of the world knows them. */
export const PRIVATE_ENDS: readonly string[] = [
  'local',
  'lan',
  'home',
  'home.arpa',
  'internal',
  'intranet',
  'private',
  'corp',
  'localdomain',
];

/** Whether a host name, in lower case, ends in `end` or is just that. */
export const isBelow = (host: string, end: string): boolean => host === end || host.endsWith(`.${end}`);

/** Whether a host can never reach, or be reached by, servers outside its home: also one that is a single word. */
export const isPrivateName = (host: string): boolean =>
  !host.includes('.') || [...PRIVATE_ENDS, 'localhost'].some((end) => isBelow(host, end));
