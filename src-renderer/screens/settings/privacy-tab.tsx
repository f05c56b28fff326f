import { DoorClosed, DoorOpen, Mail } from 'lucide-react';
import { Link } from 'wouter';
import type { SettingKey } from '../../../src-main/control/contract.js';
import { ChoiceCards } from '../../components/choice-cards.js';
import { CheckField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';
import { type Settings, WithSettings } from './use-settings.js';

type Flag = Extract<SettingKey, 'guests' | 'presence' | 'previews' | 'directory' | 'publicRooms' | 'profileLookup'>;
const DOORS = [
  { value: 'closed', icon: DoorClosed },
  { value: 'invitation', icon: Mail },
  { value: 'open', icon: DoorOpen },
] as const;
type Door = (typeof DOORS)[number]['value'];

/** Who gets in, what people see of each other, and what others learn. Each with what it means. */
export function PrivacyTab() {
  const text = useText();
  return (
    <WithSettings>
      {(settings) => (
        <>
          <section className="card">
            <h2>{text('settings.entrance')}</h2>
            <ChoiceCards<Door>
              legend={text('settings.registration')}
              choices={DOORS.map(({ value, icon }) => ({
                value,
                icon,
                title: text(`settings.registration-${value}`),
                text: text(`settings.registration-${value}-text`),
              }))}
              value={settings.values.registration as Door}
              onChange={(door) => settings.change('registration', door)}
            />
            {settings.values.registration === 'open' && (
              <Notice tone="warn" title={text('settings.registration-warning')} />
            )}
            <FlagSetting settings={settings} name="guests" />
          </section>
          <section className="card">
            <h2>{text('settings.among')}</h2>
            <FlagSetting settings={settings} name="presence" />
            <FlagSetting settings={settings} name="directory" />
            <FlagSetting settings={settings} name="previews" />
          </section>
          <section className="card">
            <h2>{text('settings.outside')}</h2>
            <FlagSetting settings={settings} name="profileLookup" />
            <FlagSetting settings={settings} name="publicRooms" />
            <p className="soft">
              {text('settings.blocked-where')}{' '}
              <Link href="/servers" className="link">
                {text('servers.title')}
              </Link>
            </p>
          </section>
        </>
      )}
    </WithSettings>
  );
}

function FlagSetting({ settings: { values, change }, name }: { settings: Settings; name: Flag }) {
  const text = useText();
  return (
    <CheckField
      label={text(`settings.${name}`)}
      hint={text(`settings.${name}-hint`)}
      checked={values[name] === true}
      onChange={(event) => change(name, event.target.checked)}
    />
  );
}
