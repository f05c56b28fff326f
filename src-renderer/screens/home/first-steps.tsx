import { CircleCheck, CircleDashed } from 'lucide-react';
import { Link } from 'wouter';
import type { CheckCode, CheckStanding, ServerStatus } from '../../../src-main/control/contract.js';
import { useQuery } from '../../control/use-control.js';
import { type TextKey, useText } from '../../text/use-text.js';

/** What is left to do before there is anybody but its owner. */
export function FirstSteps({ status, checks }: { status: ServerStatus; checks: readonly CheckStanding[] }) {
  const text = useText();
  const people = useQuery('people.list', {}, ['people.changed']);
  const invitations = useQuery('invitations.list', undefined, ['invitations.changed']);
  const signedIn = people.state === 'ready' && people.value.people.some(({ devices }) => devices > 0);
  const invited = invitations.state === 'ready' && invitations.value.length > 0;
  const isFine = (code: CheckCode) => checks.some((check) => check.code === code && FINE.has(check.state));
  if (status.state !== 'running') return null;
  return (
    <section className="card card-accent" aria-labelledby="home-first">
      <h2 id="home-first">{text('first.title')}</h2>
      <ul className="first-steps">
        <FirstStep name="sign-in" isDone={signedIn} />
        <FirstStep name="invite" isDone={invited} to="/people/invitations" />
        {checks.some(({ code, state }) => code === 'key-not-saved' && state !== 'not-applicable') && (
          <FirstStep name="key" isDone={isFine('key-not-saved')} to="/connection/recovery" />
        )}
        {checks.some(({ code, state }) => code === 'reach' && state !== 'not-applicable') && (
          <FirstStep name="reach" isDone={isFine('reach')} to="/servers/-/reach" />
        )}
      </ul>
    </section>
  );
}

const FINE: ReadonlySet<CheckStanding['state']> = new Set(['ok']);

function FirstStep({
  name,
  isDone,
  to,
}: {
  name: 'sign-in' | 'invite' | 'key' | 'reach';
  isDone: boolean;
  to?: string;
}) {
  const text = useText();
  const Icon = isDone ? CircleCheck : CircleDashed;
  const title: TextKey = `first.${name}`;
  return (
    <li data-done={isDone || undefined}>
      <Icon size={20} role="img" aria-label={text(isDone ? 'first.done' : 'first.open')} />
      <div>
        <p className="first-step-title">{to ? <Link href={to}>{text(title)}</Link> : text(title)}</p>
        <p className="small soft">{text(`first.${name}-text`)}</p>
      </div>
    </li>
  );
}
