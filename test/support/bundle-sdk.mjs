/** Prints the SDK as one minified script for browsers, made from its built files. It fails on whatever only Node has. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('../../libs/client-sdk/dist/index.js', import.meta.url));
const result = await build({
  configFile: false,
  logLevel: 'error',
  root: path.dirname(entry),
  build: {
    target: 'es2022',
    minify: true,
    write: false,
    lib: { entry, formats: ['iife'], name: 'transcriber' },
  },
  plugins: [
    {
      name: 'no-node',
      resolveId(source) {
        if (source.startsWith('node:')) throw new Error(`${source} is not for browsers`);
      },
    },
  ],
});
process.stdout.write(result[0].output[0].code);
