/** Enough to see how a page says that it is written. */
const LOOKED_AT = 4096;
/** Of longer pages only the beginning is read: what they say of themselves stands there. */
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * The text of a page in whatever encoding it says that it has: by a byte order mark, its Content-Type, or in its own
 * first lines. What says nothing is UTF-8, or else Windows-1252.
 */
export function pageText(bytes: Buffer, contentType: string): string {
  const start = bytes.subarray(0, MOST_BYTES);
  const head = start.subarray(0, LOOKED_AT).toString('latin1');
  const named = [markOf(start), charsetIn(contentType), metaCharset(head), 'utf-8'];
  for (const name of named) {
    const decoder = name === undefined ? undefined : decoderFor(name, name === 'utf-8');
    const text = decoder && decoded(decoder, start);
    if (text !== undefined) return text;
  }
  return new TextDecoder('windows-1252').decode(start);
}

const decoded = (decoder: TextDecoder, bytes: Buffer): string | undefined => {
  try {
    // What is cut off in the middle of a character is not wrong for that.
    return decoder.decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
};

/** Undefined for an encoding that nobody knows. */
function decoderFor(name: string, isStrict: boolean): TextDecoder | undefined {
  try {
    return new TextDecoder(name, { fatal: isStrict });
  } catch {
    return undefined;
  }
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
}

export const charsetIn = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType.slice(0, 500))?.[1];

const metaCharset = (head: string): string | undefined =>
  /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1] ??
  /^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{1,40})/i.exec(head)?.[1];
