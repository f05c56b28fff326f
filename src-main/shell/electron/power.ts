import { powerMonitor, powerSaveBlocker } from 'electron';
import type { PowerChange } from '../core-protocol.js';
import type { AppSettingsFile } from './app-settings.js';
import type { LoginItem } from './login-item.js';

export interface PowerDeps {
  readonly settings: AppSettingsFile;
  readonly loginItem: LoginItem;
  /** tells the server's process */
  tell(change: PowerChange): void;
}

/**
 * Keeps the computer awake while it has mains and the person wants it, and tells the server of sleep, waking up and
 * batteries. It cannot keep a laptop awake whose lid is closed.
 *
 * @returns tells the server how it is, when its process began anew
 */
export function watchPower({ settings, loginItem, tell }: PowerDeps): () => void {
  let blocker: number | undefined;
  const update = () => {
    const onBattery = powerMonitor.isOnBatteryPower();
    const keepsAwake = settings.settings.keepAwake && settings.settings.pausedUntil === undefined && !onBattery;
    if (keepsAwake && blocker === undefined) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!keepsAwake && blocker !== undefined) {
      powerSaveBlocker.stop(blocker);
      blocker = undefined;
    }
    tell({ kind: 'state', state: { onBattery, keepsAwake, startsAtLogin: loginItem.isOn() } });
  };
  powerMonitor.on('on-battery', update);
  powerMonitor.on('on-ac', update);
  powerMonitor.on('suspend', () => tell({ kind: 'suspend' }));
  powerMonitor.on('resume', () => {
    update();
    tell({ kind: 'resume' });
  });
  settings.onChange(update);
  update();
  return update;
}
