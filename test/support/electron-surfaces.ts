import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';

/** What was done to the desktop, for tests to read. */
export const calls: { readonly api: string; readonly args: readonly unknown[] }[] = [];
/** What dialogs are to answer, for tests to fill: `answers['dialog.showOpenDialog'] = [{ … }]`. */
export const answers: Record<string, unknown[]> = {};

export const record = (api: string, ...args: unknown[]): void => {
  calls.push({ api, args });
};

interface ItemOptions {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly type?: string;
  readonly checked?: boolean;
  readonly submenu?: readonly ItemOptions[];
  click?(item?: { readonly checked: boolean }): void;
}

export class Menu {
  static #application: Menu | undefined;

  constructor(readonly items: readonly ItemOptions[]) {}

  static buildFromTemplate(template: readonly ItemOptions[]): Menu {
    return new Menu(template);
  }

  static setApplicationMenu(menu: Menu): void {
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | undefined {
    return Menu.#application;
  }

  getMenuItemById(id: string): ItemOptions | undefined {
    const all = this.items.flatMap((item) => [item, ...(item.submenu ?? [])]);
    return all.find((item) => item.id === id);
  }
}

export class Tray extends EventEmitter {
  static readonly all: Tray[] = [];
  menu: Menu | undefined;
  toolTip = '';
  isGone = false;

  constructor(public image: { readonly path: string; isEmpty(): boolean }) {
    super();
    Tray.all.push(this);
  }

  setImage(image: Tray['image']): void {
    this.image = image;
  }

  setToolTip(text: string): void {
    this.toolTip = text;
  }

  setContextMenu(menu: Menu): void {
    this.menu = menu;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  destroy(): void {
    this.isGone = true;
  }
}

export class Notification extends EventEmitter {
  static readonly all: Notification[] = [];
  isShown = false;

  constructor(readonly options: object) {
    super();
    Notification.all.push(this);
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    this.isShown = true;
    record('notification', this.options);
  }

  close(): void {
    this.isShown = false;
  }
}

const answer = (api: string, otherwise: unknown) => async (_window: unknown, options: unknown) => {
  record(api, options);
  return answers[api]?.shift() ?? otherwise;
};

export const dialog = {
  showOpenDialog: answer('dialog.showOpenDialog', { canceled: true, filePaths: [] }),
  showMessageBox: answer('dialog.showMessageBox', { response: 0 }),
};

export const shell = {
  async openExternal(address: string): Promise<void> {
    record('shell.openExternal', address);
  },
};

export const nativeImage = {
  createFromPath: (path: string) => ({
    path,
    isEmpty: () => !existsSync(path) || readFileSync(path).length === 0,
    setTemplateImage() {},
  }),
};

class NativeTheme extends EventEmitter {
  shouldUseDarkColors = false;
}

export const nativeTheme = new NativeTheme();

class PowerMonitor extends EventEmitter {
  onBattery = false;
  isOnBatteryPower = (): boolean => this.onBattery;
}

export const powerMonitor = new PowerMonitor();

/** Which blockers are held, by their numbers. */
export const powerSaveBlocker = {
  held: new Map<number, string>(),
  count: 0,
  start(type: string): number {
    powerSaveBlocker.count += 1;
    powerSaveBlocker.held.set(powerSaveBlocker.count, type);
    return powerSaveBlocker.count;
  },
  stop(id: number): boolean {
    return powerSaveBlocker.held.delete(id);
  },
};

export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1280, height: 800 } }] };
