import { createContext } from 'react';
import type {
  CertificateFiles,
  SafetyChoices,
  SetupAnswers,
  SetupDraft,
  SetupMode,
  SetupPage,
  SetupState,
  WebServer,
} from '../../../src-main/control/contract.js';
import type { Way } from '../connection/way-cards.js';

/** What the person came for. */
export type Purpose = 'new' | 'try' | 'restore' | 'import';

/** What the person has said so far. The password stays in this page until the end. */
export interface Answers {
  readonly purpose: Purpose | undefined;
  readonly way: Way | undefined;
  readonly serverName: string;
  readonly acceptsPrivateName: boolean;
  /** '': the server name itself */
  readonly host: string;
  readonly publicAddress: string;
  readonly webServer: WebServer;
  readonly frontAddress: string;
  /** undefined: made by the server itself */
  readonly certificate: CertificateFiles | undefined;
  readonly safety: SafetyChoices;
  readonly folder: string;
  readonly localpart: string;
  readonly password: string;
}

export const modeOf = ({ purpose, way }: Pick<Answers, 'purpose' | 'way'>): SetupMode | undefined =>
  purpose === 'try' ? 'try' : way;

const isOutside = (way: Way | undefined): boolean => way !== undefined && way !== 'home';

/** The pages in order. A server to try has its name already; how it is reached decides what else is to be asked. */
export function pagesOf({ purpose, way }: Pick<Answers, 'purpose' | 'way'>): readonly SetupPage[] {
  if (purpose === 'try') return ['welcome', 'folder', 'account', 'ready', 'done'];
  const outside: SetupPage[] = isOutside(way) ? ['address', 'way'] : [];
  const certificate: SetupPage[] = way === 'home' || way === 'direct' ? ['certificate'] : [];
  const before: SetupPage[] = ['welcome', 'look', 'folder', 'reach', 'name', ...outside, ...certificate, 'safety'];
  return [...before, 'account', 'ready', 'kit', 'running', 'check', 'done'];
}

/** Pages of a server that is made: there is no way back to those before. */
export const isLater = (page: SetupPage): boolean => ['kit', 'running', 'check', 'done'].includes(page);

const SAFE: SafetyChoices = { linkPreviews: false, presence: true, dailyUpload: 2_000_000_000 };

/** The answers to begin with: what was remembered, else what we suggest. */
export function firstAnswers({ draft, suggestedFolder }: SetupState): Answers {
  const { mode, page } = draft;
  return {
    purpose: mode === 'try' ? 'try' : mode !== undefined || page !== undefined ? 'new' : undefined,
    way: mode === 'try' ? undefined : mode,
    serverName: draft.serverName ?? '',
    acceptsPrivateName: false,
    host: draft.host ?? '',
    publicAddress: draft.publicAddress ?? '',
    webServer: draft.webServer ?? 'caddy',
    frontAddress: draft.frontAddress ?? '',
    certificate: draft.certificate,
    safety: draft.safety ?? SAFE,
    folder: draft.folder ?? suggestedFolder,
    localpart: draft.localpart ?? '',
    password: '',
  };
}

/** Where to go on. The password is not remembered, so nobody goes on behind the page that asks for it. */
export function firstPage({ draft }: SetupState): SetupPage {
  const { page = 'welcome' } = draft;
  return page === 'ready' ? 'account' : page;
}

/** What the server is to remember. */
export function draftOf(answers: Answers, page: SetupPage): SetupDraft {
  const { serverName, host, publicAddress, webServer, frontAddress, certificate, safety, folder, localpart } = answers;
  const mode = modeOf(answers);
  return {
    page,
    ...(mode ? { mode } : {}),
    folder,
    serverName,
    host,
    publicAddress,
    webServer,
    frontAddress,
    ...(certificate ? { certificate } : {}),
    safety,
    localpart,
  };
}

/** All of them, for the server to be made. */
export function allAnswers(answers: Answers, state: SetupState): SetupAnswers {
  const { way, folder, acceptsPrivateName, certificate, safety, localpart, password } = answers;
  const mode = modeOf(answers) ?? 'home';
  const front = answers.frontAddress.trim();
  return {
    mode,
    folder,
    serverName: chosenName(answers, state),
    acceptsPrivateName,
    ...(isOutside(way) && mode !== 'try' ? { host: chosenHost(answers) } : {}),
    ...(mode === 'proxy' && front !== '' ? { frontAddress: front } : {}),
    ...(certificate && (mode === 'home' || mode === 'direct') ? { certificate } : {}),
    ...(mode === 'try' ? {} : { safety }),
    admin: { localpart, password },
  };
}

/** What every page of the wizard gets. */
export interface StepProps {
  readonly state: SetupState;
  readonly answers: Answers;
  change(change: Partial<Answers>): void;
  /** goes on, after remembering the answers */
  onNext(): void;
  onBack: (() => void) | undefined;
}

/** The name that the server will have. */
export const chosenName = ({ purpose, serverName }: Answers, state: SetupState): string =>
  purpose === 'try' ? state.trialName : serverName;

/** The name by which it is reached from everywhere. */
export const chosenHost = ({ host, serverName }: Answers): string => (host.trim() === '' ? serverName : host.trim());

/** Leaves the wizard and keeps what was said; undefined where there is nothing to keep. */
export const LaterContext = createContext<(() => void) | undefined>(undefined);
