import manifest from '../../package.json' with { type: 'json' };

/** The name that this server gives itself towards clients and other servers. */
export const PRODUCT = 'Hearth';

/** `1.2.3`: the version of this program. */
export const VERSION: string = manifest.version;
