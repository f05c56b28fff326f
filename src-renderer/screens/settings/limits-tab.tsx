import { Save } from 'lucide-react';
import { useState } from 'react';
import type { SettingKey } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { useText } from '../../text/use-text.js';
import { type Settings, WithSettings } from './use-settings.js';

const MEGABYTE = 1024 * 1024;
const MINUTE = 60;

/** How much one person may do. */
export function LimitsTab() {
  const text = useText();
  return (
    <WithSettings>
      {(settings) => (
        <section className="card">
          <h2>{text('settings.tab-limits')}</h2>
          <NumberSetting settings={settings} name="uploadSize" unit={MEGABYTE} />
          <NumberSetting settings={settings} name="messageRate" unit={1 / MINUTE} />
        </section>
      )}
    </WithSettings>
  );
}

/** A number in a unit that people know; the configuration says whether it is a good one. */
function NumberSetting({
  settings: { values, isBusy, change },
  name,
  unit,
}: {
  settings: Settings;
  name: Extract<SettingKey, 'uploadSize' | 'messageRate'>;
  unit: number;
}) {
  const text = useText();
  const now = String(Math.round((Number(values[name]) / unit) * 100) / 100);
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? now;
  const number = Number(shown.replace(',', '.'));
  const isWrong = shown.trim() === '' || !Number.isFinite(number) || number <= 0;
  const isNew = typed !== undefined && typed !== now;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isWrong || !isNew) return;
        change(name, name === 'uploadSize' ? Math.round(number * unit) : number * unit);
        setTyped(undefined);
      }}
    >
      <TextField
        label={text(`settings.${name}`)}
        hint={text(`settings.${name}-hint`)}
        inputMode="decimal"
        value={shown}
        onChange={(event) => setTyped(event.target.value)}
        error={isWrong ? text('settings.number-wrong') : undefined}
        after={
          <Button type="submit" icon={Save} isBusy={isBusy} disabled={!isNew || isWrong}>
            {text('settings.save')}
          </Button>
        }
      />
    </form>
  );
}
