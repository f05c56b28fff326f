import type { SettingKey, SettingsView, SettingValue } from '../../../src-main/control/contract.js';
import type { SettingsDesk } from '../../../src-main/control/desks/settings.js';
import { ControlError } from '../../../src-main/control/procedure.js';

/** Settings without a file. */
export class FakeSettings implements SettingsDesk {
  values: Record<SettingKey, SettingValue> = {
    registration: 'invitation',
    guests: false,
    presence: true,
    previews: false,
    directory: false,
    publicRooms: false,
    profileLookup: true,
    uploadSize: 50 * 1024 * 1024,
    messageRate: 0.2,
    logLevel: 'info',
    notices: false,
  };
  isWaiting = false;
  /** what is refused, and why */
  refused: string | undefined;

  read = (): SettingsView => ({ values: { ...this.values }, isWaiting: this.isWaiting });

  change(key: SettingKey, value: SettingValue): SettingsView {
    if (this.refused !== undefined) {
      throw new ControlError('CONFIG_INVALID', `homeserver.yaml, line 3: ${this.refused}`, { sentence: this.refused });
    }
    this.values[key] = value;
    this.isWaiting = true;
    return this.read();
  }

  file = () => ({
    text: '# Your server.\nserver_name: family.test\nmacaroon_secret_key: (hidden)\n',
    path: '/srv/hearth/homeserver.yaml',
    warnings: ['homeserver.yaml, line 9: `caches` is not needed here.'],
  });
}
