import { type ReactNode, useState } from 'react';
import type { AppSettings, AppSettingsWish, NoticeKind } from '../../../src-main/control/contract.js';
import { CheckField } from '../../components/field.js';
import { Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** Whether the app starts by itself and keeps the computer awake: only where there is an app. */
export const StartAndSleep = () => (
  <Wishes>{(settings, wish) => <StartAndSleepFields settings={settings} onWish={wish} />}</Wishes>
);

/** What the app may interrupt a person for. */
export const NoticeChoices = () => (
  <Wishes>{(settings, wish) => <NoticeFields settings={settings} onWish={wish} />}</Wishes>
);

interface FieldsProps {
  readonly settings: AppSettings;
  onWish(wish: AppSettingsWish): void;
}

function StartAndSleepFields({ settings, onWish }: FieldsProps) {
  const text = useText();
  return (
    <>
      <CheckField
        label={text('desktop.start-at-login')}
        hint={text('desktop.start-at-login-hint')}
        checked={settings.startAtLogin}
        onChange={({ target }) => onWish({ startAtLogin: target.checked })}
      />
      <CheckField
        label={text('desktop.keep-awake')}
        hint={text('desktop.keep-awake-hint')}
        checked={settings.keepAwake}
        onChange={({ target }) => onWish({ keepAwake: target.checked })}
      />
    </>
  );
}

const KINDS: readonly NoticeKind[] = ['reach', 'storage', 'backup', 'security'];

function NoticeFields({ settings, onWish }: FieldsProps) {
  const text = useText();
  return (
    <>
      {KINDS.map((kind) => (
        <CheckField
          key={kind}
          label={text(`desktop.notice-${kind}`)}
          checked={settings.notices[kind]}
          onChange={({ target }) => onWish({ notices: { [kind]: target.checked } })}
        />
      ))}
      <CheckField
        label={text('desktop.quiet-hours')}
        hint={text('desktop.quiet-hours-hint')}
        checked={settings.quietHours}
        onChange={({ target }) => onWish({ quietHours: target.checked })}
      />
    </>
  );
}

/** The app's settings as they are, each changed at once. */
function Wishes({ children }: { children(settings: AppSettings, wish: (wish: AppSettingsWish) => void): ReactNode }) {
  const settings = useQuery('app.settings', undefined, ['app.changed']);
  const change = useAction('app.changeSettings');
  /** as they will be once the app has heard of it, and as they were before */
  const [wished, setWished] = useState<{ readonly after: AppSettings; readonly before: AppSettings }>();
  if (settings.state === 'loading') return <Loading lines={2} />;
  if (settings.state === 'failed') return <Failure error={settings.error} onRetry={settings.reload} />;
  const shown = wished?.before === settings.value ? wished.after : settings.value;
  const wish = async (wanted: AppSettingsWish) => {
    const after = { ...shown, ...wanted, notices: { ...shown.notices, ...wanted.notices } };
    setWished({ after, before: settings.value });
    if (!(await change.run(wanted))) setWished(undefined);
  };
  return (
    <div className="stack">
      {children(shown, (wanted) => void wish(wanted))}
      {change.error && <Failure error={change.error} />}
    </div>
  );
}
