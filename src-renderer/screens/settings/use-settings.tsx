import { RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ControlFailure, SettingKey, SettingsView, SettingValue } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** The settings, and a way to change one. */
export interface Settings {
  readonly values: SettingsView['values'];
  readonly isBusy: boolean;
  change(key: SettingKey, value: SettingValue): void;
}

/**
 * Asks for the settings and shows what becomes of a change: refused, in the configuration's own words, or waiting for a
 * restart.
 */
export function WithSettings({ children }: { children(settings: Settings): ReactNode }) {
  const settings = useQuery('settings.read', undefined, ['settings.changed', 'server.changed', 'setup.changed']);
  const change = useAction('settings.change');
  /** what was chosen, until the server tells what became of it */
  const [wish, setWish] = useState<{
    readonly key: SettingKey;
    readonly value: SettingValue;
    readonly of: SettingsView;
  }>();
  if (settings.state === 'loading') return <Loading lines={5} />;
  if (settings.state === 'failed') return <Failure error={settings.error} onRetry={settings.reload} />;
  return (
    <div className="stack">
      {settings.value.isWaiting && <RestartNotice />}
      {change.error && <Refused error={change.error} />}
      {children({
        values:
          wish?.of === settings.value ? { ...settings.value.values, [wish.key]: wish.value } : settings.value.values,
        isBusy: change.isBusy,
        change: (key, value) => {
          setWish({ key, value, of: settings.value });
          void change.run({ key, value }).then((done) => done ?? setWish(undefined));
        },
      })}
    </div>
  );
}

function RestartNotice() {
  const text = useText();
  const restart = useAction('server.restart');
  return (
    <Notice
      tone="info"
      title={text('settings.waiting')}
      actions={
        <Button icon={RotateCw} isBusy={restart.isBusy} onClick={() => void restart.run(undefined)}>
          {text('action.restart')}
        </Button>
      }
    >
      {text('settings.waiting-text')}
      {restart.error && <Failure error={restart.error} />}
    </Notice>
  );
}

function Refused({ error }: { error: ControlFailure }) {
  const text = useText();
  const sentence = error.fields?.['sentence'];
  if (error.code !== 'CONFIG_INVALID' || sentence === undefined) return <Failure error={error} />;
  return (
    <Notice tone="bad" title={text('settings.refused')}>
      <bdi className="breakable" lang="en">
        {sentence}
      </bdi>
    </Notice>
  );
}
