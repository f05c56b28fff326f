/** What the configuration says, as a person decides it. Everything is kept in the one configuration file. */
export interface SettingsProcedures {
  'settings.read': { input: undefined; output: SettingsView };
  /** @throws CONFIG_INVALID with the configuration's own sentence, and then nothing is changed */
  'settings.change': { input: { key: SettingKey; value: SettingValue }; output: SettingsView };
  /** the file as it stands, secrets left out */
  'settings.file': { input: undefined; output: { text: string; path: string; warnings: readonly string[] } };
}

export type SettingKey =
  | 'registration'
  | 'guests'
  | 'presence'
  | 'previews'
  | 'directory'
  | 'publicRooms'
  | 'profileLookup'
  | 'uploadSize'
  | 'messageRate'
  | 'logLevel'
  | 'notices';

/** `registration`: closed, invitation or open; `uploadSize`: bytes; `messageRate`: a second */
export type SettingValue = boolean | number | string;

export interface SettingsView {
  readonly values: Readonly<Record<SettingKey, SettingValue>>;
  /** the file says something that the running server does not know yet */
  readonly isWaiting: boolean;
}
