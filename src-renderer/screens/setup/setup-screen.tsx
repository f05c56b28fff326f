import { Check } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { SetupPage, SetupState } from '../../../src-main/control/contract.js';
import { AppearanceChoices } from '../../appearance/appearance-choices.js';
import { Logo } from '../../components/logo.js';
import { useControl } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { AccountStep } from './account-step.js';
import { AddressStep } from './address-step.js';
import {
  type Answers,
  draftOf,
  firstAnswers,
  firstPage,
  isLater,
  LaterContext,
  pagesOf,
  type StepProps,
} from './answers.js';
import { CertificateStep } from './certificate-step.js';
import { CheckStep } from './check-step.js';
import { DoneStep } from './done-step.js';
import { FolderStep } from './folder-step.js';
import { KitStep } from './kit-step.js';
import { LaterStep } from './later-step.js';
import { LookStep } from './look-step.js';
import { NameStep } from './name-step.js';
import { ReachStep } from './reach-step.js';
import { ReadyStep } from './ready-step.js';
import { RunningStep } from './running-step.js';
import { SafetyStep } from './safety-step.js';
import { WayStep } from './way-step.js';
import { WelcomeStep } from './welcome-step.js';

/**
 * The wizard: one question a page. The server remembers every answer and the page, so that it goes on where it was left.
 *
 * @param onLater leaves for the console, once there is a server
 */
export function SetupScreen({ state, onLater }: { state: SetupState; onLater(): void }) {
  const control = useControl();
  const [answers, setAnswers] = useState<Answers>(() => firstAnswers(state));
  const [page, setPage] = useState<SetupPage>(() => firstPage(state));
  const [isLeft, setLeft] = useState(false);
  const pages = pagesOf(answers);
  const place = Math.max(0, pages.indexOf(page));
  const goTo = (next: SetupPage) => {
    void control.call('setup.remember', draftOf(answers, next));
    setPage(next);
  };
  const before = pages[place - 1];
  const hasWayBack = before !== undefined && isLater(before) === isLater(page);
  const props: StepProps = {
    state,
    answers,
    change: (change) => setAnswers((known) => ({ ...known, ...change })),
    onNext: () => goTo(pages[place + 1] ?? 'done'),
    onBack: hasWayBack ? () => goTo(before) : undefined,
  };
  const leave = () => {
    void control.call('setup.remember', draftOf(answers, page));
    if (isLater(page)) onLater();
    else setLeft(true);
  };
  return (
    <div className="setup">
      <header className="setup-side">
        <div className="brand">
          <Logo size={40} />
          <span className="brand-name">Hearth</span>
        </div>
        <StepList pages={pages} place={place} />
        {page !== 'look' && <AppearanceChoices />}
      </header>
      <main className="setup-main">
        {isLeft ? (
          <LaterStep onGoOn={() => setLeft(false)} />
        ) : (
          <LaterContext value={page === 'welcome' ? undefined : leave}>
            <Step key={page} {...props} page={page} onFinished={() => setPage(pages[place + 1] ?? 'done')} />
          </LaterContext>
        )}
      </main>
    </div>
  );
}

function Step({ page, onFinished, ...props }: StepProps & { page: SetupPage; onFinished(): void }) {
  if (page === 'ready') return <ReadyStep {...props} onFinished={onFinished} />;
  const Page = PAGES[page];
  return <Page {...props} />;
}

const PAGES: Readonly<Record<Exclude<SetupPage, 'ready'>, (props: StepProps) => ReactNode>> = {
  welcome: WelcomeStep,
  look: LookStep,
  folder: FolderStep,
  reach: ReachStep,
  name: NameStep,
  address: AddressStep,
  way: WayStep,
  certificate: CertificateStep,
  safety: SafetyStep,
  account: AccountStep,
  kit: KitStep,
  running: RunningStep,
  check: CheckStep,
  done: DoneStep,
};

function StepList({ pages, place }: { pages: readonly SetupPage[]; place: number }) {
  const text = useText();
  return (
    <nav aria-label={text('setup.steps')}>
      <ol className="step-list">
        {pages.map((page, index) => (
          <li key={page} aria-current={index === place ? 'step' : undefined} data-done={index < place || undefined}>
            <span className="step-number" aria-hidden="true">
              {index < place ? <Check size={14} /> : index + 1}
            </span>
            {text(`setup.step-${page}`)}
            {index < place && <span className="hidden-visually">{text('setup.step-finished')}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
