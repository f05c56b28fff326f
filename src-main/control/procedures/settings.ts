import { Type } from 'typebox';
import type { SettingKey } from '../contract.js';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';
import { SETTING_KEYS } from '../settings/setting-table.js';

const closed = { additionalProperties: false } as const;
const key = Type.Unsafe<SettingKey>(Type.Union(SETTING_KEYS.map((each) => Type.Literal(each))));
const value = Type.Union([Type.Boolean(), Type.Number(), Type.String({ maxLength: 64 })]);

/** The settings, one at a time. */
export const settingsProcedures = (host: ServerHost) =>
  procedures({
    'settings.read': { input: Type.Undefined(), run: async () => host.settings().read() },
    'settings.change': {
      input: Type.Object({ key, value }, closed),
      async run({ key: changed, value: wanted }, { announce, log }) {
        const view = host.settings().change(changed, wanted);
        log.info('a setting was changed from the console', { setting: changed, value: wanted });
        announce('settings.changed');
        return view;
      },
    },
    'settings.file': { input: Type.Undefined(), run: async () => host.settings().file() },
  });
