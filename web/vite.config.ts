import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { packedFiles } from './packed-files.js';

export default defineConfig({
  // Relative addresses: the page works at the root of a host and behind a path prefix.
  base: './',
  plugins: [svelte(), packedFiles()],
  build: {
    target: 'es2022',
    // All of these know light-dark(), which need not be rewritten for older ones.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Nothing inlined, neither pictures nor scripts: the content security policy allows files of this host only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
