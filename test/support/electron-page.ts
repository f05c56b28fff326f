/**
 * Text of the script that stands in for Electron's preload world: gives `source` a `require('electron')` with
 * ipcRenderer and contextBridge over the binding `name`, which it takes away from the page. One world only: it shows
 * what our preload script exposes, not that Electron keeps worlds apart.
 */
export const preloadScript = (source: string, name: string): string => `(() => {
  if (location.hostname !== 'console.app.localhost') return;
  const send = window[${JSON.stringify(name)}];
  delete window[${JSON.stringify(name)}];
  const listeners = new Map();
  Object.defineProperty(window, ${JSON.stringify(`${name}Hear`)}, {
    value: (channel, args) => { for (const listener of listeners.get(channel) ?? []) listener({}, ...args); },
  });
  const ipcRenderer = {
    async invoke(channel, ...args) {
      const reply = await send({ channel, args });
      if ('error' in reply) throw new Error(reply.error);
      return reply.value;
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off(channel, listener) {
      listeners.set(channel, (listeners.get(channel) ?? []).filter((other) => other !== listener));
      return ipcRenderer;
    },
  };
  const freeze = (value) => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
    return Object.freeze(value);
  };
  const contextBridge = {
    exposeInMainWorld: (key, value) => Object.defineProperty(window, key, { value: freeze(value), enumerable: true }),
  };
  const require = (module) => {
    if (module === 'electron') return { ipcRenderer, contextBridge };
    throw new Error('module not found: ' + module);
  };
  ((require, module, exports) => {${source}
  })(require, { exports: {} }, {});
})()`;
