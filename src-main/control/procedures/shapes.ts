import { Type } from 'typebox';

const MODES = ['try', 'home', 'direct', 'proxy', 'tunnel'] as const;

/** Who should reach the server. */
export const setupMode = Type.Union(MODES.map((mode) => Type.Literal(mode)));

/** A name as people type it; what is wrong with it is said in words, not by its shape. */
export const nameText = Type.String({ maxLength: 1024 });

/** A name that goes into questions to name servers, and into other programs' files. */
export const hostName = Type.String({ maxLength: 255, pattern: '^[0-9A-Za-z.:\\[\\]-]*$' });

/** Of a file or a folder on the server's computer. */
export const path = Type.String({ minLength: 1, maxLength: 4096 });

export const certificateFiles = { certificatePath: path, privateKeyPath: path } as const;
