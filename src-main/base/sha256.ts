import { hash } from 'node:crypto';

/** SHA-256 of the UTF-8 of `text` in unpadded standard base64: 43 characters. */
export const sha256Base64 = (text: string): string => hash('sha256', text, 'base64').slice(0, 43);

/** SHA-256 of the UTF-8 of `text` in unpadded URL-safe base64: 43 characters. */
export const sha256Base64Url = (text: string): string => hash('sha256', text, 'base64url');
