/** The app's own scheme in links from elsewhere: `hearth://people/invitations`. */
export const LINK_SCHEME = 'hearth';

const MOST_LETTERS = 512;
/** Names of servers, people, rooms and checks, percent-encoded: one step of a path each. */
const STEP = /^[\w.~!*'()%:@+$-]{1,300}$/;

/** The first step of every place that there is; what lies below shows itself or leads to its section. */
const SECTIONS: ReadonlySet<string> = new Set([
  '',
  'people',
  'rooms',
  'servers',
  'storage',
  'logs',
  'connection',
  'settings',
]);

/**
 * The place in the console that a link leads to: always a screen, never something done. Links come from anywhere.
 *
 * @returns a path such as `/servers/example.org`; undefined for what is no such link
 */
export function placeOf(link: string): string | undefined {
  if (link.length > MOST_LETTERS || !link.startsWith(`${LINK_SCHEME}://`)) return undefined;
  const steps = link
    .slice(LINK_SCHEME.length + 3)
    .split('/')
    .filter((step) => step !== '');
  const [section = ''] = steps;
  if (!SECTIONS.has(section) || steps.length > 3) return undefined;
  return steps.every((step) => STEP.test(step)) ? `/${steps.join('/')}` : undefined;
}

/** The place that a start of the program asks for: systems hand links over as an argument. */
export const placeIn = (argv: readonly string[]): string | undefined => {
  const link = argv.find((argument) => argument.startsWith(`${LINK_SCHEME}://`));
  return link === undefined ? undefined : placeOf(link);
};
