import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { languageOf, page, pageReply } from '../../accounts/index.js';
import type { Pushers } from '../pushers/pushers.js';
import { WORDS } from './words.js';

const shape = {
  // Synapse's: the spec has no pages for people
  spec: '-',
  path: '/_synapse/client/unsubscribe',
  auth: 'none',
  query: { token: Type.String({ minLength: 1, maxLength: 200 }) },
} as const;

/** Where links in e-mails lead that end them: for people who follow one, and for mail programs that do it for them. */
export const unsubscribeEndpoints = (pushers: Pushers) => {
  const unsubscribe = async (token: string, languages: string | undefined) => {
    const isDone = await pushers.unsubscribe(token);
    const language = languageOf(languages);
    const words = WORDS[language].page;
    const title = isDone ? words.doneTitle : words.unknownTitle;
    const content = `<p>${isDone ? words.done : words.unknown}</p>`;
    return pageReply(page({ language, title, content }), isDone ? 200 : 404);
  };
  return [
    endpoint({
      ...shape,
      method: 'GET',
      handle: (request) => unsubscribe(request.query.token, request.header('accept-language')),
    }),
    endpoint({
      ...shape,
      method: 'POST',
      rawBody: true,
      async handle(request) {
        request.stream?.resume();
        return unsubscribe(request.query.token, request.header('accept-language'));
      },
    }),
  ];
};
