import { Type } from 'typebox';
import { procedures } from '../../control/procedure.js';
import type { AppSettingsFile } from './app-settings.js';
import type { LoginItem } from './login-item.js';

export interface SettingsDeps {
  readonly settings: AppSettingsFile;
  readonly loginItem: LoginItem;
}

const closed = { additionalProperties: false } as const;
const flag = Type.Optional(Type.Boolean());
const wish = Type.Object(
  {
    startAtLogin: flag,
    keepAwake: flag,
    quietHours: flag,
    notices: Type.Optional(Type.Object({ reach: flag, storage: flag, backup: flag, security: flag }, closed)),
  },
  closed,
);

/** What the person wants of the app on this computer. */
export const settingsProcedures = ({ settings, loginItem }: SettingsDeps) =>
  procedures({
    'app.settings': {
      input: Type.Undefined(),
      run: async () => ({ ...settings.settings, startAtLogin: loginItem.isOn() }),
    },
    'app.changeSettings': {
      input: wish,
      async run({ startAtLogin, notices, ...others }) {
        if (startAtLogin !== undefined) loginItem.set(startAtLogin);
        settings.change({ ...others, notices: { ...settings.settings.notices, ...notices } });
      },
    },
  });
