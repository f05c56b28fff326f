import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppText } from './app-text.js';

/** The window's menu: mostly what keyboards expect to be there, such as copy, paste and zoom. */
export function setMenu(text: AppText, actions: { quit(): void }): void {
  const quit: MenuItemConstructorOptions = {
    id: 'quit',
    label: text.quit,
    accelerator: 'CmdOrCtrl+Q',
    click: actions.quit,
  };
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ role: 'reload' }, { role: 'toggleDevTools' }];
  const template: MenuItemConstructorOptions[] = [
    { label: 'Hearth', submenu: [{ role: 'about' }, { type: 'separator' }, { role: 'hide' }, quit] },
    {
      label: text.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: text.view,
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...developer,
      ],
    },
    { label: text.window, submenu: [{ role: 'minimize' }, { role: 'close' }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
