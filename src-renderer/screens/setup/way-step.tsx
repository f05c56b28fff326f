import { TextField } from '../../components/field.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { RouterPanel } from '../connection/router-panel.js';
import { TunnelPanel } from '../connection/tunnel-panel.js';
import { WebServerPanel } from '../connection/web-server-panel.js';
import { chosenHost, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

const HEADINGS = { direct: 'router.title', proxy: 'snippet.title', tunnel: 'tunnel.title' } as const;
const ADDRESS = /^[0-9A-Fa-f.:]*$/;

/** What stands between the internet and this computer: the router, a web server or a tunnel, and what to tell it. */
export function WayStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const { way = 'direct', frontAddress } = answers;
  const seen = useQuery('connection.surroundings', undefined);
  const kind = way === 'proxy' || way === 'tunnel' ? way : 'direct';
  const isWrong = !ADDRESS.test(frontAddress.trim());
  return (
    <StepPage
      wide
      title={text(`way.${kind}-title`)}
      lead={text(`way.${kind}-lead`)}
      why={text(`way.${kind}-why`)}
      onNext={() => !isWrong && onNext()}
      onBack={onBack}
    >
      {kind === 'proxy' && (
        <TextField
          label={text('snippet.front')}
          hint={text('snippet.front-hint')}
          value={frontAddress}
          onChange={(event) => change({ frontAddress: event.target.value })}
          error={isWrong ? text('snippet.front-error') : undefined}
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <h2 className="hidden-visually">{text(HEADINGS[kind])}</h2>
      {seen.state === 'loading' && <Loading />}
      {seen.state === 'failed' && <Failure error={seen.error} onRetry={seen.reload} />}
      {seen.state === 'ready' && <Panel answers={answers} change={change} seen={seen.value} />}
    </StepPage>
  );
}

interface Seen {
  readonly plainPort: number;
  readonly tlsPort: number;
  readonly addresses: readonly { readonly address: string; readonly family: 4 | 6; readonly kind: string }[];
}

function Panel({ answers, change, seen }: Pick<StepProps, 'answers' | 'change'> & { seen: Seen }) {
  const { way, serverName, frontAddress, webServer } = answers;
  const host = chosenHost(answers);
  const home = seen.addresses.find(({ family, kind }) => family === 4 && kind === 'private')?.address;
  if (way === 'tunnel') return <TunnelPanel host={host} upstream={`127.0.0.1:${seen.plainPort}`} />;
  if (way !== 'proxy') return <RouterPanel address={home} inside={seen.tlsPort} />;
  const isHere = frontAddress.trim() === '' || frontAddress.trim().startsWith('127.');
  return (
    <WebServerPanel
      serverName={serverName}
      host={host}
      upstream={`${isHere ? '127.0.0.1' : (home ?? 'this-computer')}:${seen.plainPort}`}
      server={webServer}
      onServer={(server) => change({ webServer: server })}
    />
  );
}
