import { de } from './app-text-de.js';
import { en } from './app-text-en.js';
import type { NoticeKind } from '../../control/contract.js';
import type { TrayState } from './tray.js';

/** What the sentence about the server is filled in with, where it is known. */
export interface StatusFields {
  readonly connected?: number;
  readonly problems?: number;
  readonly until?: number | undefined;
}

interface Words {
  readonly title: string;
  readonly body: string;
}

/** The words outside the window: tray, menu, notices. The console's own words are in its pages. */
export interface AppText {
  readonly open: string;
  readonly openChat: string;
  readonly invite: string;
  readonly tryAll: string;
  readonly pauseHour: string;
  readonly pauseTomorrow: string;
  readonly unpause: string;
  readonly keepAwake: string;
  readonly startAtLogin: string;
  readonly logs: string;
  readonly quit: string;
  readonly restart: string;
  readonly edit: string;
  readonly view: string;
  readonly window: string;
  readonly stillHere: Words;
  /** how the server is, in one sentence */
  status(state: TrayState, fields: StatusFields): string;
  readonly notices: Readonly<Record<NoticeKind, Words>>;
  reachableAgain(minutes: number): Words;
  quitQuestion(connected: number): { readonly message: string; readonly detail: string };
  readonly keepRunning: string;
  /** when the window is closed and no tray shows the app */
  readonly backgroundQuestion: { readonly message: string; readonly detail: string };
  /** while the server lets its requests finish */
  readonly finishing: string;
}

/** @param locale the system's: `de-AT` */
export const appText = (locale: string): AppText => (locale.startsWith('de') ? de : en);
