import type { OtherServer, OtherServerState, ServerTry, WaitingForServer } from '../../../src-main/control/contract.js';
import type { Tone } from '../../components/notice.js';
import { isTextKey, type Text } from '../../text/use-text.js';

export const STATE_TONES: Readonly<Record<OtherServerState, Tone | 'plain'>> = {
  fine: 'good',
  slow: 'warn',
  blocked: 'plain',
  retrying: 'warn',
  down: 'bad',
  gone: 'bad',
  refusing: 'bad',
};

/** A server's name as it is safe to show: in full, without control and direction marks. */
export const shownServer = (name: string): string =>
  [...name].filter((letter) => !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u.test(letter)).join('');

export const serverPath = (name: string): string => `/servers/${encodeURIComponent(name)}`;

/** What waits for a server, and since when. */
export function waitingText(text: Text, waiting: WaitingForServer | undefined, now: number): string {
  if (!waiting) return text('servers.nothing');
  const { events, isMore, others, since } = waiting;
  const parts = [];
  if (isMore) parts.push(text('servers.waiting-more', { count: events }));
  else if (events > 0) parts.push(text('servers.waiting-events', { count: events }));
  if (others > 0) parts.push(text('servers.waiting-others'));
  if (since !== undefined) parts.push(text('servers.waiting-since', { when: text.relative(since, now) }));
  return parts.join(', ');
}

/** Why a server did not answer, as the end of a sentence. */
export function causeText(text: Text, cause: ServerTry['cause']): string {
  const key = `servers.cause-${cause ?? 'unknown'}`;
  return text(isTextKey(key) ? key : 'servers.cause-unknown');
}

/** Since when it fails and when it is tried again; '' for one that is well. */
export function troubleText(
  text: Text,
  { state, failingSince, nextTry, failures, replyTime }: OtherServer,
  now: number,
): string {
  if (state === 'slow') return text('servers.slow', { time: replyText(text, replyTime) });
  if (failures === 0 || state === 'blocked') return '';
  const since = failingSince === undefined ? '' : text('servers.failing-since', { when: text.dateTime(failingSince) });
  return `${since} ${nextTryText(text, nextTry, now)}`.trim();
}

/** How quickly it answers, nearly always. */
export const replyText = (text: Text, replyTime: number | undefined): string =>
  replyTime === undefined ? '–' : text('servers.seconds', { seconds: Math.round(replyTime / 100) / 10 });

/** Half a second is how well it is known. */
const SAME = 1500;

export function clockText(text: Text, ahead: number | undefined): string {
  if (ahead === undefined) return '–';
  if (Math.abs(ahead) <= SAME) return text('servers.clock-same');
  const time = text.duration(Math.abs(ahead));
  return text(ahead > 0 ? 'servers.clock-ahead' : 'servers.clock-behind', { time });
}

/** By how much its clock is off; '' where it is right, or not known. */
export function clockOffText(text: Text, ahead: number | undefined): string {
  if (ahead === undefined || Math.abs(ahead) <= SAME) return '';
  const time = text.duration(Math.abs(ahead));
  return text(ahead > 0 ? 'servers.its-clock-ahead' : 'servers.its-clock-behind', { time });
}

export const nextTryText = (text: Text, nextTry: number | undefined, now: number): string =>
  nextTry !== undefined && nextTry > now
    ? text('servers.next-try', { when: text.relative(nextTry, now) })
    : text('servers.next-try-soon');
