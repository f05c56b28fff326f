import { Link } from 'wouter';
import { Notice } from '../../components/notice.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { ERASURE_LOOK, ErasureProgress } from './erasure-card.js';
import { personPath } from './shown-name.js';

/** Who is being erased just now, above the list of everybody. */
export function ErasuresRunning() {
  const text = useText();
  const found = useQuery('people.erasures', {}, ['people.changed', 'server.changed']);
  const isRunning = found.state === 'ready' && found.value.some(({ endedAt }) => endedAt === undefined);
  return isRunning ? <Running title={text('erasure.running')} /> : null;
}

function Running({ title }: { title: string }) {
  const found = useQuery('people.erasures', {}, ['people.changed'], ERASURE_LOOK);
  const running = found.state === 'ready' ? found.value.filter(({ endedAt }) => endedAt === undefined) : [];
  return (
    <Notice tone="info" title={title}>
      <ul className="stack bullets-none">
        {running.map((erasure) => (
          <li key={erasure.id} className="stack-tight">
            <Link href={`${personPath(erasure)}/safety`} className="link">
              <bdi dir="ltr" className="breakable">
                {erasure.userId}
              </bdi>
            </Link>
            <ErasureProgress erasure={erasure} />
          </li>
        ))}
      </ul>
    </Notice>
  );
}
