import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * bits-ui writes `style="display: contents"` into the markup of its command list. The content policy refuses style
 * attributes in markup, while the same set through the object model is fine.
 */
const styleByObjectModel: Plugin = {
  name: 'style-by-object-model',
  enforce: 'pre',
  transform: (code, id) =>
    /bits-ui\/dist\/bits\/command\/.*\.svelte$/.test(id)
      ? code.replaceAll('style="display: contents;"', 'style:display="contents"')
      : undefined,
};

export default defineConfig(({ mode }) => ({
  plugins: [styleByObjectModel, svelte()],
  resolve: {
    alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) },
    // Without it the test runner would pick Svelte's server build.
    conditions: mode === 'test' ? ['browser'] : undefined,
  },
  build: {
    // Recent enough that light-dark() and oklch() are left as written.
    target: ['chrome125', 'safari17.5'],
    // The content policy has no place for inlined fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./src/test-setup.ts'],
  },
}));
