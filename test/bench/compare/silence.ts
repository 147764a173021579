import path from 'node:path';
import { readManifest } from '../audio-set/manifest.js';
import { ENGINES, withEngines, type EngineName } from '../engines/engines.js';
import { markdownTable } from '../markdown.js';
import { countErrors } from '../measures/error-rate.js';
import { audioSetFolder } from '../settings.js';

/** Words that engines invent where nobody speaks: silence, noise, tones, music. */
export async function silence(): Promise<string> {
  const folder = audioSetFolder();
  const names = Object.keys(ENGINES) as EngineName[];
  const entries = (await readManifest(folder)).filter(({ kind }) => kind === 'non-speech');
  const rows = await withEngines(names, async (engines) => {
    const table: string[][] = [];
    for (const { path: file } of entries) {
      const row = [`\`${file}\``];
      for (const engine of engines.values()) {
        const { text } = await engine.transcribe({ file: path.join(folder, file), language: 'en' });
        row.push(String(countErrors('', text, 'en').errors));
      }
      table.push(row);
      process.stderr.write(`${row.join(' ')}\n`);
    }
    return table;
  });
  const header = ['words invented', ...names.map((name) => ENGINES[name])];
  return `### Where nobody speaks\n\n${markdownTable(header, rows)}\n`;
}
