/** The oldest Node that the native modules run on. */
const OLDEST = [22, 14] as const;

/**
 * Why `version` will not do, as a sentence; undefined when it will. Entries ask before they load anything else: on an
 * older Node the database module crashes without a word.
 *
 * @param version `22.14.0`
 */
export function whyTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `Hearth needs Node ${OLDEST.join('.')} or newer, and this is Node ${version}. Install a newer one, or start it by \`npm start\`, which brings its own.`;
}
