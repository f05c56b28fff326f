import type { Versions } from '../../../src-main/control/contract.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** What all of it is made of. */
export function AboutTab() {
  const text = useText();
  const versions = useQuery('about.versions', undefined, ['server.changed']);
  return (
    <section className="card">
      <h2>{text('settings.about')}</h2>
      {versions.state === 'loading' && <Loading />}
      {versions.state === 'failed' && <Failure error={versions.error} onRetry={versions.reload} />}
      {versions.state === 'ready' && <About versions={versions.value} />}
    </section>
  );
}

function About({ versions }: { versions: Versions }) {
  const text = useText();
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Hearth', versions.hearth],
    [text('settings.database'), versions.database],
    ['Node.js', versions.node],
    ['Electron', versions.electron],
    ['Chromium', versions.chromium],
    [text('settings.system'), versions.system],
    [text('settings.configuration'), versions.folders.configuration],
    [text('settings.data'), versions.folders.data],
    [text('settings.licence'), versions.licence],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="breakable">
              <bdi dir="ltr">{value}</bdi>
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
