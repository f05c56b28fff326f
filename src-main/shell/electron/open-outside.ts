import { shell } from 'electron';

/**
 * The address as it may be handed to the system: https and mailto only, and put together anew by the parser, so that
 * nothing but an address gets there.
 *
 * @returns undefined for anything else
 */
export function addressOutside(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isPlain = url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'https:' || url.protocol === 'mailto:') ? url.href : undefined;
}

/** Opens an address in the person's own browser; does nothing where it may not be opened. */
export async function openOutside(address: string): Promise<void> {
  const wanted = addressOutside(address);
  if (wanted !== undefined) await shell.openExternal(wanted);
}
