import { Parser } from 'htmlparser2';
import { turn } from '../../../base/yield.js';

/** What a page says of itself, for a preview. */
export interface Page {
  /** `property` and `name` of its meta elements, the first of each, in lower case */
  readonly meta: ReadonlyMap<string, string>;
  readonly title: string | undefined;
  /** the first heading */
  readonly heading: string | undefined;
  /** pictures, with their sizes in pixels where the page says them */
  readonly images: readonly { readonly src: string; readonly area: number }[];
  readonly icon: string | undefined;
  /** where a description of it for machines is: oEmbed in JSON */
  readonly oembed: string | undefined;
  /** the beginning of what people read there, a paragraph an entry */
  readonly paragraphs: readonly string[];
}

/** Read at once, then others get their turn. */
const PIECE = 32 * 1024;
const MOST_META = 200;
const MOST_VALUE = 10_000;
const MOST_IMAGES = 50;
const MOST_PARAGRAPHS = 50;
const MOST_TEXT = 3_000;
/** No page that people wrote is nested so deep, and each closing tag costs time for each open element. */
const MOST_DEPTH = 500;

/** What is in them is not what people read, or is no text of the page itself. */
const SILENT: ReadonlySet<string> = new Set(
  [
    'header',
    'nav',
    'aside',
    'footer',
    'script',
    'noscript',
    'style',
    'svg',
    'iframe',
    'video',
    'canvas',
    'picture',
  ].concat(['template', 'textarea', 'select', 'button', 'head', 'title', 'audio', 'object', 'math', 'dialog']),
);
const HEADINGS: ReadonlySet<string> = new Set(['h1', 'h2', 'h3']);
const INLINE: ReadonlySet<string> = new Set(
  [
    'a',
    'abbr',
    'b',
    'bdi',
    'cite',
    'code',
    'em',
    'i',
    'kbd',
    'mark',
    'q',
    's',
    'small',
    'span',
    'strong',
    'sub',
    'sup',
  ].concat(['time', 'u', 'var', 'wbr', 'font', 'del', 'ins', 'dfn', 'img']),
);

/** Reads a page, a piece at a time. Of pages that are too odd only the beginning counts. */
export async function readPage(html: string): Promise<Page> {
  const reading = new PageReading();
  const parser = new Parser(reading, { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true });
  for (let at = 0; at < html.length && !reading.isOver; at += PIECE) {
    parser.write(html.slice(at, at + PIECE));
    await turn();
  }
  if (!reading.isOver) parser.end();
  reading.finish();
  return reading;
}

type Attributes = Readonly<Record<string, string | undefined>>;

class PageReading implements Page {
  readonly meta = new Map<string, string>();
  readonly images: { src: string; area: number }[] = [];
  readonly paragraphs: string[] = [];
  title: string | undefined;
  heading: string | undefined;
  icon: string | undefined;
  oembed: string | undefined;
  isOver = false;
  #depth = 0;
  /** how many open elements hide what is in them */
  #silent = 0;
  #inTitle = false;
  #inHeading = false;
  #text = '';
  #titleText = '';
  #textLength = 0;

  onopentag(name: string, attributes: Attributes): void {
    if (this.isOver) return;
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) this.isOver = true;
    if (name === 'meta') return this.#meta(attributes);
    if (name === 'link') return this.#link(attributes);
    if (name === 'img') this.#image(attributes);
    if (name === 'title') this.#inTitle = this.title === undefined && this.#silent <= 1;
    if (!INLINE.has(name)) this.#endParagraph();
    if (HEADINGS.has(name)) this.#inHeading = true;
    if (SILENT.has(name)) this.#silent += 1;
  }

  onclosetag(name: string): void {
    if (this.isOver) return;
    this.#depth -= 1;
    if (name === 'title' && this.#inTitle) this.#endTitle();
    if (!INLINE.has(name)) this.#endParagraph();
    if (HEADINGS.has(name)) this.#inHeading = false;
    if (SILENT.has(name)) this.#silent -= 1;
  }

  ontext(text: string): void {
    if (this.isOver) return;
    if (this.#inTitle) this.#titleText = (this.#titleText + text).slice(0, MOST_VALUE);
    if (this.#silent > 0 || this.#textLength > MOST_TEXT) return;
    if (this.#text.length < MOST_VALUE) this.#text += text;
  }

  finish(): void {
    if (this.#inTitle) this.#endTitle();
    this.#endParagraph();
  }

  #endTitle(): void {
    this.#inTitle = false;
    const title = tidy(this.#titleText);
    if (title !== '') this.title = title;
  }

  #endParagraph(): void {
    const text = tidy(this.#text);
    this.#text = '';
    if (text === '') return;
    if (this.#inHeading) this.heading ??= text;
    if (this.paragraphs.length >= MOST_PARAGRAPHS) return;
    this.paragraphs.push(text);
    this.#textLength += text.length;
  }

  #meta({ property, name, itemprop, content }: Attributes): void {
    const key = (property ?? name ?? itemprop)?.trim().toLowerCase();
    if (key === undefined || content === undefined || this.meta.size >= MOST_META || this.meta.has(key)) return;
    this.meta.set(key.slice(0, 100), content.trim().slice(0, MOST_VALUE));
  }

  #link({ rel = '', type = '', href }: Attributes): void {
    if (href === undefined || href.length > MOST_VALUE) return;
    const relations = rel.toLowerCase().split(/\s+/, 10);
    if (relations.includes('icon')) this.icon ??= href;
    if (relations.includes('alternate') && type.toLowerCase() === 'application/json+oembed') this.oembed ??= href;
  }

  #image({ src, width, height }: Attributes): void {
    if (src === undefined || src === '' || src.length > MOST_VALUE || this.images.length >= MOST_IMAGES) return;
    this.images.push({ src, area: pixels(width) * pixels(height) });
  }
}

/** 0 where the page does not say, and for what is there to count readers. */
const pixels = (text = ''): number => {
  const size = /^\d{1,5}(px)?$/.test(text) ? Number.parseInt(text, 10) : 0;
  return size > 10 ? size : 0;
};

const tidy = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
