import { writeFile } from 'node:fs/promises';
import { type BrowserWindow, dialog } from 'electron';
import { Type } from 'typebox';
import type { Logger } from '../../base/logger.js';
import { settingsProcedures, type SettingsDeps } from './app-settings-control.js';
import { type Control, type ControlEvents, createControl, procedures } from '../../control/procedure.js';

/** The server's control with what only the app itself can do: everything named `app.*` stays in this process. */
export function withAppProcedures(
  server: Control,
  window: BrowserWindow,
  deps: { events: ControlEvents; log: Logger } & SettingsDeps,
): Control {
  const own = createControl([appProcedures(window), settingsProcedures(deps)], deps);
  return {
    call: (name, input) => (name.startsWith('app.') ? own : server).call(name, input),
    subscribe: server.subscribe,
  };
}

const appProcedures = (window: BrowserWindow) =>
  procedures({
    'app.chooseFolder': {
      input: Type.Object({ start: Type.String({ maxLength: 4096 }) }, { additionalProperties: false }),
      async run({ start }) {
        const { canceled, filePaths } = await dialog.showOpenDialog(window, {
          defaultPath: start,
          properties: ['openDirectory', 'createDirectory'],
        });
        const [folder] = filePaths;
        return canceled || folder === undefined ? undefined : { folder };
      },
    },
    'app.saveFile': {
      input: Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\w.-]+$' }),
          text: Type.String({ maxLength: 1_000_000 }),
        },
        { additionalProperties: false },
      ),
      async run({ name, text }) {
        const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath: name });
        if (canceled || filePath === '') return undefined;
        await writeFile(filePath, text, { mode: 0o600 });
        return { path: filePath };
      },
    },
  });
