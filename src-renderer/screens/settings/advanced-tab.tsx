import type { LogLevel } from '../../../src-main/control/contract.js';
import { CopyButton } from '../../components/copy-field.js';
import { SelectField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { WithSettings } from './use-settings.js';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** The configuration as it stands, what of it is not honoured, and how much is logged. */
export function AdvancedTab() {
  const text = useText();
  return (
    <div className="stack">
      <WithSettings>
        {({ values, change }) => (
          <section className="card">
            <h2>{text('logs.title')}</h2>
            <SelectField
              label={text('settings.log-level')}
              hint={text('settings.log-level-hint')}
              value={String(values.logLevel)}
              onChange={(event) => change('logLevel', event.target.value)}
            >
              {LEVELS.map((level) => (
                <option key={level} value={level}>
                  {text(`logs.level-${level}`)}
                </option>
              ))}
            </SelectField>
          </section>
        )}
      </WithSettings>
      <ConfigFile />
    </div>
  );
}

function ConfigFile() {
  const text = useText();
  const file = useQuery('settings.file', undefined, ['settings.changed', 'server.changed']);
  if (file.state === 'loading') return <Loading lines={6} />;
  if (file.state === 'failed') return <Failure error={file.error} onRetry={file.reload} />;
  const { path, warnings, text: words } = file.value;
  return (
    <section className="card">
      <div className="row spread">
        <h2>{text('settings.file')}</h2>
        <CopyButton value={path} what={text('settings.file-path')} label={text('settings.copy-path')} />
      </div>
      <p className="soft">{text('settings.file-text')}</p>
      <code className="breakable" dir="ltr">
        {path}
      </code>
      {warnings.length > 0 && (
        <Notice tone="warn" title={text('home.warnings', { count: warnings.length })}>
          <ul className="bullets" lang="en">
            {warnings.map((warning) => (
              <li key={warning} className="breakable">
                <bdi>{warning}</bdi>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <textarea
        className="input mono config-file"
        dir="ltr"
        lang="en"
        readOnly
        rows={18}
        aria-label={text('settings.file')}
        value={words}
      />
    </section>
  );
}
