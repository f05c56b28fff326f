import type { Page } from './page-reader.js';

/** What a preview says: properties of OpenGraph. Pictures are addresses on the web until they are fetched. */
export type OpenGraph = Readonly<Record<string, string>>;

const MOST_PROPERTIES = 50;
/** About so much of a page's text is enough to know what it is. */
const SUMMARY = { least: 200, most: 500 };
const TWITTER: Readonly<Record<string, string>> = {
  'twitter:description': 'og:description',
  'twitter:image': 'og:image',
  'twitter:image:src': 'og:image',
  'twitter:title': 'og:title',
};

/**
 * A preview of a page: what it says by OpenGraph, or else as a Twitter card, or else what can be read on it.
 *
 * @see https://ogp.me/
 */
export function openGraphOf(page: Page): OpenGraph {
  const graph = new Map<string, string>();
  for (const [key, value] of page.meta) {
    if (/^og:[\w:.-]{1,60}$/.test(key) && value !== '' && graph.size < MOST_PROPERTIES) graph.set(key, value);
  }
  for (const [key, property] of Object.entries(TWITTER)) setIfAbsent(graph, property, page.meta.get(key));
  setIfAbsent(graph, 'og:title', page.title ?? page.heading);
  setIfAbsent(graph, 'og:description', page.meta.get('description') ?? summaryOf(page.paragraphs));
  setIfAbsent(graph, 'og:image', graph.get('og:image:url') ?? graph.get('og:image:secure_url') ?? pictureOf(page));
  return Object.fromEntries(graph);
}

function setIfAbsent(graph: Map<string, string>, property: string, value: string | undefined): void {
  if (value !== undefined && value !== '' && !graph.has(property)) graph.set(property, value);
}

/** The picture that the page names, the largest one on it, or its icon. */
function pictureOf({ meta, images, icon }: Page): string | undefined {
  const named = meta.get('image');
  if (named !== undefined && named !== '') return named;
  const sized = images.filter(({ area }) => area > 0).toSorted((a, b) => b.area - a.area);
  return sized[0]?.src ?? images[0]?.src ?? icon;
}

/** The first paragraphs, and of a long one the first words. */
export function summaryOf(paragraphs: readonly string[]): string | undefined {
  let summary = '';
  for (const paragraph of paragraphs) {
    if (summary.length >= SUMMARY.least) break;
    summary += summary === '' ? paragraph : `\n\n${paragraph}`;
  }
  if (summary === '') return undefined;
  return summary.length > SUMMARY.most ? shortened(summary) : summary;
}

function shortened(text: string): string {
  const cut = text.slice(0, SUMMARY.most);
  const end = cut.lastIndexOf(' ');
  return `${(end > SUMMARY.least ? cut.slice(0, end) : cut).toWellFormed()}…`;
}
