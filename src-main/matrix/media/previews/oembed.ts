import { isObject, type JsonObject, stringAt } from '../../../base/json.js';
import type { OpenGraph } from './open-graph.js';
import { summaryOf } from './open-graph.js';
import { readPage } from './page-reader.js';

const MOST_LETTERS = 10_000;

/** Services whose pages say nothing to programs, and where they describe them instead. */
const PROVIDERS: readonly { readonly page: RegExp; readonly endpoint: string }[] = [
  {
    page: /^https?:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/[^/]+\/status(?:es)?\/\d+/,
    endpoint: 'https://publish.twitter.com/oembed',
  },
];

/** Where a service describes one of its pages; undefined for all other pages. */
export function oembedAddress(url: string): string | undefined {
  const provider = PROVIDERS.find(({ page }) => page.test(url));
  return provider && `${provider.endpoint}?format=json&url=${encodeURIComponent(url)}`;
}

/**
 * A preview of what a service describes by oEmbed; undefined when it is no such description.
 *
 * @param text JSON
 * @see https://oembed.com/
 */
export async function openGraphOfOembed(text: string): Promise<OpenGraph | undefined> {
  const described = parsed(text);
  if (!described || !/^1(\.0)?$/.test(String(described['version']))) return undefined;
  const { type } = described;
  const description = type === 'rich' ? await textIn(described['html']) : undefined;
  const picture = type === 'photo' ? described['url'] : described['thumbnail_url'];
  return withoutGaps({
    'og:title': described['title'] ?? described['author_name'],
    'og:site_name': described['provider_name'],
    'og:type': type === 'video' ? 'video.other' : undefined,
    'og:description': description,
    'og:image': picture,
  });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function textIn(html: unknown): Promise<string | undefined> {
  return typeof html === 'string' ? summaryOf((await readPage(html.slice(0, MOST_LETTERS))).paragraphs) : undefined;
}

function withoutGaps(properties: Readonly<Record<string, unknown>>): OpenGraph {
  const graph: Record<string, string> = {};
  for (const key of Object.keys(properties)) {
    const value = stringAt(properties as JsonObject, key);
    if (value !== undefined && value !== '') graph[key] = value.slice(0, MOST_LETTERS);
  }
  return graph;
}
