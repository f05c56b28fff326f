import { createPortal } from 'react-dom';
import type { MadeKit } from '../../../src-main/control/contract.js';
import { QrCode } from '../../components/qr-code.js';
import { useText } from '../../text/use-text.js';

/** The kit on one page, for a drawer: seen only when it is printed. */
export function KitPaper({ kit }: { kit: MadeKit }) {
  const text = useText();
  const facts: readonly (readonly [string, string])[] = [
    [text('kit.server'), kit.serverName],
    [text('kit.key'), kit.keyIds.join(', ')],
    [text('kit.made'), text.dateTime(kit.madeAt)],
    [text('kit.passphrase'), kit.passphrase],
  ];
  return createPortal(
    <div className="kit-paper" aria-hidden="true">
      <h1>{text('kit.paper-title', { name: kit.serverName })}</h1>
      <p>{text('kit.paper-lead')}</p>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <h2>{text('kit.paper-how')}</h2>
      <ol className="numbered">
        <li>{text('kit.paper-step-1', { name: kit.serverName })}</li>
        <li>{text('kit.paper-step-2', { file: kit.fileName })}</li>
        <li>
          {text('kit.paper-step-3')} <code dir="ltr">hearth restore-key {kit.fileName} --replace</code>
        </li>
        <li>{text('kit.paper-step-4')}</li>
      </ol>
      <QrCode value={shortly(kit.file)} label={text('kit.file')} />
      <pre dir="ltr">{kit.file}</pre>
    </div>,
    document.body,
  );
}

/** The file without what is printed beside it, so that cameras can read it. */
const shortly = (file: string): string => JSON.stringify({ ...(JSON.parse(file) as object), how_to_restore: [] });
