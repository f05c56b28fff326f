import type { SettingKey, SettingsView, SettingValue } from '../contract.js';

/** The settings, whatever the server does. */
export interface SettingsDesk {
  /** @throws ControlError NOT_SET_UP, CONFIG_INVALID; the same for all */
  read(): SettingsView;
  change(key: SettingKey, value: SettingValue): SettingsView;
  file(): { text: string; path: string; warnings: readonly string[] };
}
