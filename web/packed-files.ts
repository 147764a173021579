import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const PACKABLE = /\.(?:css|js|svg)$/;

const PACKERS = {
  br: (content: Buffer) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  gz: (content: Buffer) => promisify(gzip)(content, { level: 9 }),
};

/** Lays a packed copy in each encoding beside every built file, so that nothing is packed while somebody waits for it. */
export function packedFiles(): Plugin {
  return {
    name: 'packed-files',
    apply: 'build',
    writeBundle: async ({ dir = '' }) => {
      const assets = path.join(dir, 'assets');
      const names = (await readdir(assets)).filter((name) => PACKABLE.test(name));
      await Promise.all(names.map((name) => pack(path.join(assets, name))));
    },
  };
}

async function pack(file: string): Promise<void> {
  const content = await readFile(file);
  await Promise.all(
    Object.entries(PACKERS).map(async ([ending, packer]) =>
      writeFile(`${file}.${ending}`, await packer(content)),
    ),
  );
}
