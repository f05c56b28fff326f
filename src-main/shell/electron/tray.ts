import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { ServerState, ServerStatus } from '../../control/contract.js';
import type { Control } from '../../control/procedure.js';
import type { AppText } from './app-text.js';

export interface TrayActions {
  open(): void;
  quit(): void;
}

type Shape = 'running' | 'attention' | 'stopped' | 'busy';

/** Shapes, not only colours. */
const SHAPES: Readonly<Record<ServerState | 'unreachable', Shape>> = {
  'not-set-up': 'attention',
  starting: 'busy',
  running: 'running',
  stopping: 'busy',
  stopped: 'stopped',
  failed: 'attention',
  unreachable: 'attention',
};

/** The icon beside the clock: how the server is, in the same words as the console, and what is needed most. */
export function openTray(control: Control, text: AppText, assets: string, actions: TrayActions): () => void {
  const image = (shape: Shape) => nativeImage.createFromPath(join(assets, 'tray', `${shape}.png`));
  const tray = new Tray(image('busy'));
  const show = (state: ServerState | 'unreachable') => {
    tray.setImage(image(SHAPES[state]));
    tray.setToolTip(`Hearth: ${text.status[state]}`);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { id: 'status', label: text.status[state], enabled: false },
        { type: 'separator' },
        { id: 'open', label: text.open, click: actions.open },
        {
          id: 'restart',
          label: text.restart,
          enabled: state === 'running' || state === 'failed',
          click: () => void control.call('server.restart', undefined),
        },
        { type: 'separator' },
        { id: 'quit', label: text.quit, click: actions.quit },
      ]),
    );
  };
  const refresh = async () => {
    const result = await control.call('server.status', undefined);
    if (!tray.isDestroyed()) show(result.ok ? (result.value as ServerStatus).state : 'unreachable');
  };
  show('starting');
  void refresh();
  tray.on('click', actions.open);
  const leave = control.subscribe((event) => {
    if (event === 'server.changed' || event === 'setup.changed' || event === 'connection.changed') void refresh();
  });
  return () => {
    leave();
    tray.destroy();
  };
}
