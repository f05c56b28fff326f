import type { SetupMode, SetupState } from '../../../src-main/control/contract.js';

/** What the person has said so far. The password stays in this page until the end. */
export interface Answers {
  readonly mode: SetupMode | undefined;
  readonly serverName: string;
  readonly acceptsPrivateName: boolean;
  readonly folder: string;
  readonly localpart: string;
  readonly password: string;
}

export type StepName = 'welcome' | 'name' | 'folder' | 'account' | 'check';

/** The pages in order; a server to try has its name already. */
export const stepsOf = (mode: SetupMode | undefined): readonly StepName[] =>
  mode === 'try' ? ['welcome', 'folder', 'account', 'check'] : ['welcome', 'name', 'folder', 'account', 'check'];

/** The answers to begin with: what was remembered, else what we suggest. */
export const firstAnswers = ({ draft, suggestedFolder }: SetupState): Answers => ({
  mode: draft.mode,
  serverName: draft.serverName ?? '',
  acceptsPrivateName: false,
  folder: draft.folder ?? suggestedFolder,
  localpart: draft.localpart ?? '',
  password: '',
});

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
export const chosenName = ({ mode, serverName }: Answers, state: SetupState): string =>
  mode === 'try' ? state.trialName : serverName;
