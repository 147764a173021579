import path from 'node:path';
import { startEngine } from '../engines/engines.js';
import { markdownTable } from '../markdown.js';
import { audioSetFolder } from '../settings.js';

const RECORDING = 'long-real.flac';
const MINUTES = 8.9;
/** Half an hour and three hours of one stream. */
const REPEATS = [Math.ceil(30 / MINUTES), Math.ceil(180 / MINUTES)];

/** The most memory that our engine takes, each length in a process of its own. */
export async function memory(): Promise<string> {
  const rows: string[][] = [];
  for (const repeat of REPEATS) {
    const engine = await startEngine('own');
    try {
      const file = path.join(audioSetFolder(), RECORDING);
      const { peak_rss_mib } = await engine.transcribe({ file, language: 'en', repeat });
      rows.push([`${(MINUTES * repeat).toFixed(0)} minutes`, `${peak_rss_mib.toFixed(0)} MiB`]);
      process.stderr.write(`${rows.at(-1)?.join(', ') ?? ''}\n`);
    } finally {
      await engine.stop();
    }
  }
  return `### Memory and length\n\n${markdownTable(['one stream of', 'peak memory'], rows)}\n`;
}
