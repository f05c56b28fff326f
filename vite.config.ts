import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The console's pages. Everything in files of our own: the pages run under a policy without inline code. */
export default defineConfig({
  root: at('src-renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: at('dist/renderer'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [at('src-renderer/index.html'), at('src-renderer/join.html')] },
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
  },
});
