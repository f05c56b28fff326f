// CommonJS, for sandboxed pages take nothing else, and its types come with it
// oxlint-disable-next-line typescript/consistent-type-imports
const { contextBridge, ipcRenderer } = require('electron') as typeof import('electron');

/** All that the page gets: one function for each thing it may do, and nothing of Electron's own. */
contextBridge.exposeInMainWorld('hearth', {
  call: (name: unknown, input: unknown) => ipcRenderer.invoke('control', String(name), input),
  subscribe(listener: (event: string) => void) {
    const hear = (_event: unknown, event: string) => listener(event);
    ipcRenderer.on('control-event', hear);
    return () => {
      ipcRenderer.off('control-event', hear);
    };
  },
});
