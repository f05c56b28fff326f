/** Only in the desktop app: what its main process does itself. */
export interface AppProcedures {
  /** Lets the person choose a folder; undefined when they think better of it. */
  'app.chooseFolder': { input: { start: string }; output: { folder: string } | undefined };
  /** Lets the person keep a text as a file where they like; undefined when they think better of it. */
  'app.saveFile': { input: { name: string; text: string }; output: { path: string } | undefined };
  /** What the person wants of the app on this computer. Announces `app.changed`. */
  'app.settings': { input: undefined; output: AppSettings };
  'app.changeSettings': { input: AppSettingsWish; output: undefined };
}

/** What may interrupt a person: the server cannot be reached, space runs out, the key is not safe, somebody attacks. */
export type NoticeKind = 'reach' | 'storage' | 'backup' | 'security';

export interface AppSettings {
  /** the app starts when somebody signs in to the computer: what the system says */
  readonly startAtLogin: boolean;
  /** the computer does not fall asleep by itself while it has mains */
  readonly keepAwake: boolean;
  readonly notices: Readonly<Record<NoticeKind, boolean>>;
  /** at night only for what cannot wait */
  readonly quietHours: boolean;
  /** the server is stopped until then */
  readonly pausedUntil: number | undefined;
}

export interface AppSettingsWish {
  startAtLogin?: boolean;
  keepAwake?: boolean;
  notices?: Partial<Record<NoticeKind, boolean>>;
  quietHours?: boolean;
}
