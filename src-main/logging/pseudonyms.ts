import { homedir } from 'node:os';

/** What is replaced before a log is handed to somebody. */
export type Replaced =
  | 'person'
  | 'room'
  | 'alias'
  | 'event'
  | 'server'
  | 'media'
  | 'email'
  | 'ip'
  | 'mac'
  | 'uuid'
  | 'home'
  | 'custom';

/** No log names more things than this of a kind; what comes after has no number. */
const MOST_NAMES = 20_000;
const HOST = String.raw`[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?`;
const IPV6 = String.raw`(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})`;

const escaped = (word: string) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** In this order, for the first that fits at a place wins. Named groups say what it is. */
const NAMES = new RegExp(
  [
    String.raw`(?<media>mxc://[^\s"'<>\\/]+/[\w-]+)`,
    String.raw`(?<email>(?<![\w.@+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)`,
    String.raw`(?<person>(?<![\w])@[^\s"'<>:@\\/]+:${HOST})`,
    String.raw`(?<alias>(?<![\w&])#[^\s"'<>:\\/]+:${HOST})`,
    String.raw`(?<room>![\w~.=-]{10,}(?::${HOST})?)`,
    String.raw`(?<event>\$[\w~.=/+-]{20,}(?::${HOST})?)`,
    String.raw`(?<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)`,
    String.raw`(?<mac>\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b)`,
    String.raw`(?<ip>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w\.)|(?<![\w:.])${IPV6}(?![\w:]))`,
    String.raw`(?<server>(?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*(?::\d{1,5})?(?![\w-]))`,
    String.raw`(?<url>(?<=://)${HOST})`,
  ].join('|'),
  'gi',
);
/** Last labels that are no domain but ends of files and of names in code. */
const NO_DOMAIN = new Set(
  'ts,js,cts,mjs,cjs,json,log,yaml,yml,node,pem,key,crt,db,sqlite,html,css,png,jpg,jpeg,gif,webp,txt,store,job,client,federation,admin,worker'.split(
    ',',
  ),
);
/** Names of event types and of unstable extensions begin so: they are the protocol's, not somebody's. */
const PROTOCOL = /^(?:m|org\.matrix|io\.element|im\.vector)\./i;

export interface PseudonymWish {
  /** of this server: replaced wherever it stands */
  readonly serverName: string | undefined;
  /** other words to replace */
  readonly custom?: readonly string[];
  readonly home?: string;
}

/**
 * Puts pseudonyms in place of names, addresses and ids: the same name always gets the same, `@person-3`, so that a log
 * can still be followed by somebody who may not know who it is about.
 */
export class Pseudonyms {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<Replaced, number>();
  readonly #custom: readonly (readonly [word: string, kind: Replaced])[];
  readonly #own: string;

  constructor({ serverName, custom = [], home = homedir() }: PseudonymWish) {
    this.#own = serverName?.toLowerCase() ?? '';
    const words = custom.map((word) => word.trim()).filter((word) => word.length > 1);
    const longestFirst = [...new Set(words)].toSorted((a, b) => b.length - a.length);
    this.#custom = [
      ...longestFirst.map((word) => [word, 'custom'] as const),
      ...(home.length > 3 ? [[home, 'home'] as const] : []),
    ];
  }

  /** How many different things of each kind were replaced so far. */
  get counts(): ReadonlyMap<Replaced, number> {
    return this.#counts;
  }

  /** @param text as it is, or as the text of JSON: what was JSON stays so */
  apply(text: string): string {
    let clean = text;
    for (const [word, kind] of this.#custom) {
      if (kind === 'home') clean = this.#replaceHome(clean, word);
      else clean = clean.replace(new RegExp(escaped(word), 'gi'), () => this.#name('custom', word.toLowerCase()));
    }
    const named = clean.replace(NAMES, (found, ...rest) => this.#replace(found, rest.at(-1) as Record<string, string>));
    return this.#withoutOwn(named);
  }

  /** This server's name also stands in names of files. One without a dot would be an ordinary word. */
  #withoutOwn(text: string): string {
    const own = this.#own;
    if (!own.includes('.') || !text.toLowerCase().includes(own)) return text;
    return text.replace(new RegExp(escaped(own), 'gi'), () => this.#name('server', own));
  }

  #replaceHome(text: string, home: string): string {
    if (!text.includes(home)) return text;
    this.#counts.set('home', 1);
    return text.replaceAll(home, '~');
  }

  #replace(found: string, groups: Record<string, string | undefined>): string {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    if (kind === 'server') return this.#isServer(found) ? this.#name('server', found.toLowerCase()) : found;
    if (kind === 'url') return this.#name('server', found.toLowerCase());
    if (kind === 'ip' && !this.#isAddress(found)) return found;
    return this.#name(kind as Replaced, found);
  }

  #isServer(found: string): boolean {
    const name = found.toLowerCase().replace(/:\d+$/, '');
    if (name === this.#own || this.#known.has(`server ${name}`)) return true;
    return !PROTOCOL.test(name) && !NO_DOMAIN.has(name.slice(name.lastIndexOf('.') + 1));
  }

  /** Not a time of day, nor a version. */
  #isAddress(found: string): boolean {
    if (!found.includes(':')) return found.split('.').every((part) => Number(part) < 256);
    return found.includes('::') || found.split(':').length === 8;
  }

  #name(kind: Replaced, what: string): string {
    const key = `${kind} ${what}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    if (number > MOST_NAMES) return `${SIGILS[kind] ?? ''}${kind}`;
    this.#counts.set(kind, number);
    const name = `${SIGILS[kind] ?? ''}${kind}-${number}`;
    this.#known.set(key, name);
    return name;
  }
}

const SIGILS: Partial<Record<Replaced, string>> = { person: '@', media: 'mxc://', alias: '#', room: '!', event: '$' };
