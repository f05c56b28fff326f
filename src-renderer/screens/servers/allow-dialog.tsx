import { type RefObject, useId, useState } from 'react';
import { Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useSettled } from '../../components/use-settled.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { shownServer } from './server-words.js';

const MOST = 20_000;
const EXAMPLES = 3;

/** Which servers are the only ones to be talked to, one a line; says whom that leaves out. */
export function AllowDialog({
  allowed,
  opener,
  onClose,
}: {
  allowed: readonly string[];
  opener: RefObject<HTMLElement | null>;
  onClose(): void;
}) {
  const text = useText();
  const id = useId();
  const [lines, setLines] = useState(allowed.join('\n'));
  const allow = useAction('servers.allow');
  const names = [...new Set(lines.toLowerCase().split(/[\s,]+/))].filter((name) => name !== '');
  return (
    <TypedConfirm
      title={text('allow.title')}
      description={text('allow.text')}
      preview={<LeftOut names={useSettled(names.join('\n')).split('\n')} />}
      untouched={text('servers.block-kept')}
      options={
        <div className="field">
          <label htmlFor={id}>{text('allow.names')}</label>
          <p className="field-hint" id={`${id}-hint`}>
            {text('allow.hint')}
          </p>
          <textarea
            id={id}
            className="input mono"
            rows={6}
            dir="ltr"
            maxLength={MOST}
            aria-describedby={`${id}-hint`}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={lines}
            onChange={(event) => setLines(event.target.value)}
          />
        </div>
      }
      wanted={undefined}
      confirm={text('allow.do')}
      isBusy={allow.isBusy}
      error={allow.error}
      onConfirm={async () => (await allow.run({ names })) !== undefined}
      opener={opener}
      isOpen
      onClose={onClose}
    />
  );
}

/** Servers that rooms are shared with and that are not on the list. */
function LeftOut({ names }: { names: readonly string[] }) {
  const text = useText();
  const given = names.filter((name) => name !== '' && name.length <= 255).slice(0, 1000);
  const query = useQuery('servers.allowPreview', { names: [...given] });
  if (query.state === 'loading') return <Loading lines={1} />;
  if (query.state === 'failed') return null;
  const { leftOut } = query.value;
  const some = leftOut.slice(0, EXAMPLES).map(shownServer).join(', ');
  return (
    <>
      <p>{text('allow.left-out', { count: leftOut.length })}</p>
      {leftOut.length > 0 && (
        <p className="small soft breakable">
          <bdi dir="ltr">{leftOut.length > EXAMPLES ? `${some} …` : some}</bdi>
        </p>
      )}
    </>
  );
}
