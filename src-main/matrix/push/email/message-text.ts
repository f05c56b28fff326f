import { stringAt } from '../../../base/json.js';
import type { RoomEvent } from '../../../spec/event.js';
import type { Language } from '../../accounts/index.js';
import { WORDS } from './words.js';

const MOST_LETTERS = 1_000;
const MOST_LINES = 20;

/** What an event says, in words: a message's own, or what its sender did. */
export function messageText({ type, content }: Pick<RoomEvent, 'type' | 'content'>, language: Language): string {
  const words = WORDS[language];
  const body = shortened(withoutReplied(stringAt(content, 'body') ?? ''));
  switch (type === 'm.room.message' ? stringAt(content, 'msgtype') : type) {
    case 'm.image':
      return words.image(body);
    case 'm.video':
      return words.video(body);
    case 'm.audio':
      return words.audio(body);
    case 'm.file':
      return words.file(body);
    case 'm.location':
      return words.location;
    case 'm.sticker':
      return words.sticker(body);
    case 'm.emote':
      return `* ${body}`;
    case 'm.room.encrypted':
      return words.encrypted;
    case 'm.call.invite':
      return words.call;
    default:
      return body === '' ? words.other : body;
  }
}

/** Clients repeat what they reply to above the reply. */
function withoutReplied(body: string): string {
  if (!body.startsWith('> ')) return body;
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  return end > 0 && lines[end] === '' ? lines.slice(end + 1).join('\n') : body;
}

function shortened(text: string): string {
  const lines = text.trim().split('\n');
  const few = lines.slice(0, MOST_LINES).join('\n');
  const isWhole = lines.length <= MOST_LINES && few.length <= MOST_LETTERS;
  return isWhole ? few : `${few.slice(0, MOST_LETTERS)} …`;
}
