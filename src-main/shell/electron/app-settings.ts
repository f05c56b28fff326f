import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppSettings, NoticeKind } from '../../control/contract.js';
import { writeFileAtomically } from '../../config/write-file.js';

/** What the person wants of the app on this computer; what the system itself remembers is asked of it. */
export interface KeptSettings extends Omit<AppSettings, 'startAtLogin'> {
  /** what closing the window means where there is no tray; nobody said yet when undefined */
  readonly staysWithoutWindow?: boolean | undefined;
}

export const NOTICE_KINDS: readonly NoticeKind[] = ['reach', 'storage', 'backup', 'security'];

const FIRST: KeptSettings = {
  keepAwake: true,
  notices: { reach: true, storage: true, backup: true, security: true },
  quietHours: true,
  pausedUntil: undefined,
};

/** The app's settings in a file of its own folder; one that cannot be read counts as new. */
export class AppSettingsFile {
  #settings: KeptSettings;
  readonly #listeners = new Set<(settings: KeptSettings) => void>();

  constructor(private readonly folder: string) {
    this.#settings = { ...FIRST, ...this.#read() };
  }

  get settings(): KeptSettings {
    return this.#settings;
  }

  change(wish: Partial<KeptSettings>): void {
    this.#settings = { ...this.#settings, ...wish };
    writeFileAtomically(this.#path, JSON.stringify(this.#settings), 0o600);
    for (const listener of this.#listeners) listener(this.#settings);
  }

  /** Calls `listener` after every change. */
  onChange(listener: (settings: KeptSettings) => void): void {
    this.#listeners.add(listener);
  }

  get #path(): string {
    return join(this.folder, 'settings.json');
  }

  #read(): Partial<KeptSettings> {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as Partial<KeptSettings>;
    } catch {
      return {};
    }
  }
}
