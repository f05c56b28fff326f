const REDACTED = '[redacted]';
const DEEPEST = 6;
const MOST_ENTRIES = 100;
const LONGEST_TEXT = 8192;

/**
 * Names of fields whose text is nobody's business: what proves who one is, what opens something, and what people wrote.
 * Numbers below such names (how many, which row) are anybody's.
 */
const SECRET_NAME = new RegExp(
  [
    'token|password|passwd|passphrase|secret|authorization|cookie|pepper|seed|mac|nonce|signature|signatures|otp',
    '(?:private|signing|secret|recovery|access|api|account|shared|backup|push)[_-]?(?:key|code)s?|pushkey|one[_-]?time[_-]?keys?',
    'credentials?|p256dh|turn[_-]?username|recaptcha|captcha[_-]?response|threepid[_-]?creds|client[_-]?data',
    'formatted[_-]?body|ciphertext|session[_-]?data|auth[_-]?data|plaintext|event[_-]?content|account[_-]?data',
  ]
    .map((names) => `(?:${names})$`)
    .join('|'),
  'i',
);
/** Names that are too common to count at the end of others. */
const WHOLE_SECRET_NAME = /^(?:auth|content|body|unsigned|sig|key)$/i;

/** What gives a secret away inside a text, wherever it comes from, and what is left of it. */
const PATTERNS: readonly (readonly [pattern: RegExp, left: string])[] = [
  [/\b(Bearer|Basic)\s+[^\s"',]+/gi, `$1 ${REDACTED}`],
  [/\bX-Matrix\s+[^\n]+/g, `X-Matrix ${REDACTED}`],
  // addresses of media and of sign-in: all of their query
  [/(\/_matrix\/(?:client\/[^\s"'?]*\/)?(?:media|login|register|sso)[^\s"'?]*)\?[^\s"'<>]+/g, `$1?${REDACTED}`],
  [/([?&;#](?:[a-z_]*(?:token|secret|password|key|nonce|mac|sig|code)|sid|session)=)[^&\s"'#<>]+/gi, `$1${REDACTED}`],
  // in the text of JSON: proofs, and what people wrote
  [
    /("(?:[a-z0-9_]*(?:token|password|secret|credential|signature)|mac|nonce|pushkey|p256dh)"\s*:\s*")(?:[^"\\]|\\.)*"/gi,
    `$1${REDACTED}"`,
  ],
  [
    /("(?:body|formatted_body|ciphertext|session_data|private_key|passphrase|recovery_key)"\s*:\s*")(?:[^"\\]|\\.)*"/gi,
    `$1${REDACTED}"`,
  ],
  // private parts of a key written as JSON
  [/("(?:d|p|q|dp|dq|qi|k)"\s*:\s*")[A-Za-z0-9_-]{20,}"/g, `$1${REDACTED}"`],
  // codes in paths: invitations that are opened, and those that administrators look after
  [/(\/registration_tokens\/(?!new\b))[\w.~-]+/g, `$1${REDACTED}`],
  [/(\/join\/?#)[\w.~-]+/g, `$1${REDACTED}`],
  // tokens of this server and of Synapse
  [/\b(?:hat|hrt|hlt|syt|syr|syl)_[A-Za-z0-9_+/=-]{8,}/g, REDACTED],
  // keys to backups and secret storage as people write them down, and passwords that this server makes
  [/\bEs[1-9A-HJ-NP-Za-km-z]{2}(?: ?[1-9A-HJ-NP-Za-km-z]{4}){10,12}\b/g, REDACTED],
  [/\b[a-hjkmnp-z2-9]{4}(?:-[a-hjkmnp-z2-9]{4}){3}\b/g, REDACTED],
  [/\bed25519\s+[A-Za-z0-9_]+\s+[A-Za-z0-9+/]{43}=?/g, `ed25519 ${REDACTED}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, `$1:${REDACTED}@`],
];

/** `text` without what looks like a token, a password, a key or a query that carries one; cut at 8 KB. */
export function redactText(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return PATTERNS.reduce((redacted, [pattern, left]) => redacted.replace(pattern, left), short);
}

/** The fields of a log line as they may be written: redacted, bounded in depth and length, errors as plain objects. */
export const redactFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  redactEntries(fields, 0);

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (depth >= DEEPEST) return '…';
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
  if (value instanceof Map) return redactEntries(Object.fromEntries(value), depth + 1);
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, MOST_ENTRIES).map((entry) => redactValue(entry, depth + 1));
  }
  return redactEntries(value as Record<string, unknown>, depth + 1);
}

function redactEntries(fields: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const redacted: Record<string, unknown> = {};
  let left = MOST_ENTRIES;
  for (const key in fields) {
    if (left === 0) break;
    left -= 1;
    const value = fields[key];
    redacted[key] = isSecret(key, value) ? REDACTED : redactValue(value, depth);
  }
  return redacted;
}

const isSecret = (key: string, value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  typeof value !== 'number' &&
  typeof value !== 'boolean' &&
  (SECRET_NAME.test(key) || WHOLE_SECRET_NAME.test(key));

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, errcode, cause } = error as Error & { code?: unknown; errcode?: unknown };
  return {
    type: error.name,
    message: redactText(error.message),
    ...(code === undefined ? {} : { code }),
    ...(errcode === undefined ? {} : { errcode }),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    ...(cause === undefined ? {} : { cause: redactValue(cause, depth + 1) }),
  };
}
