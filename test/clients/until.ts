import { vi } from 'vitest';

/** Looks again and again until there is something; at most 25 s. @throws Error that names what did not come */
export function until<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  return vi.waitFor(
    async () => {
      const found = await look();
      if (found === undefined || found === null || found === false) throw new Error(`${what} does not come`);
      return found;
    },
    { timeout: 25_000, interval: 25 },
  );
}
