import { readFileSync } from 'node:fs';
import type { Config } from '../../config/config.js';
import { ConfigError } from '../../config/config-error.js';
import { saveConfig } from '../../config/save.js';
import { redactText } from '../../logging/redact.js';
import type { SettingKey, SettingsView, SettingValue } from '../contract.js';
import type { SettingsDesk } from '../desks/settings.js';
import { ControlError } from '../procedure.js';
import { SETTING_KEYS, SETTINGS } from './setting-table.js';

export interface SettingsDeskDeps {
  readonly configPath: string;
  /** what the file says; undefined while nothing is set up. @throws ConfigError */
  readConfig(): Config | undefined;
  /** what the server runs with; undefined while it does not run */
  running(): Config | undefined;
}

/** A line whose value is nobody's business. */
const SECRET_LINE =
  /^(\s*#?\s*[\w-]*(?:secret|password|passphrase|pepper|token|private_key|api_key)[\w-]*\s*:\s*)\S.*$/gim;
const PATH_KEY = /_path\s*:/;

/** The console's desk for the configuration: single decisions, and the file as it stands. */
export function createSettingsDesk(deps: SettingsDeskDeps): SettingsDesk {
  const current = (): Config => {
    const config = inWords(() => deps.readConfig());
    if (!config) throw new ControlError('NOT_SET_UP', 'there is no configuration yet');
    return config;
  };
  const view = (config: Config): SettingsView => {
    const values = valuesOf(config);
    const running = deps.running();
    return { values, isWaiting: running !== undefined && differs(values, valuesOf(running)) };
  };
  return {
    read: () => view(current()),
    change(key, value) {
      current();
      return view(inWords(() => saveConfig(deps.configPath, SETTINGS[key].write(value))));
    },
    file() {
      const { warnings } = current();
      const text = readFileSync(deps.configPath, 'utf8').replace(SECRET_LINE, (line, beginning: string) =>
        PATH_KEY.test(beginning) ? line : `${beginning}(hidden)`,
      );
      return { text: text.split('\n').map(redactText).join('\n'), path: deps.configPath, warnings };
    },
  };
}

const valuesOf = (config: Config) =>
  Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].read(config)])) as Record<SettingKey, SettingValue>;

const differs = (one: Record<SettingKey, SettingValue>, other: Record<SettingKey, SettingValue>): boolean =>
  SETTING_KEYS.some((key) => one[key] !== other[key]);

/** What the configuration refuses, in its own sentences. */
function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first] = error.problems;
    throw new ControlError('CONFIG_INVALID', error.message, first ? { sentence: first.message } : {}, { cause: error });
  }
}
