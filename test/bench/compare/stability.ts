import path from 'node:path';
import { startEngine } from '../engines/engines.js';
import { markdownTable } from '../markdown.js';
import { openFiles, residentMib } from '../measures/process-tree.js';
import { audioSetFolder } from '../settings.js';

const RECORDING = 'clips/en/birch.wav';
const CALLS = 500;
const WARM_UP = 50;

/** What many short calls leave behind in our engine. */
export async function stability(): Promise<string> {
  const engine = await startEngine('own');
  try {
    const task = { file: path.join(audioSetFolder(), RECORDING), language: 'en' };
    const look = (calls: number): string[] => [
      String(calls),
      `${residentMib(engine.pid).toFixed(0)} MiB`,
      String(openFiles(engine.pid)),
      String(empty),
    ];
    let empty = 0;
    const rows: string[][] = [];
    for (let call = 1; call <= CALLS; call++) {
      const { text } = await engine.transcribe(task);
      if (text.trim() === '') empty++;
      if (call === WARM_UP || call === CALLS) rows.push(look(call));
    }
    process.stderr.write(`${rows.map((row) => row.join(', ')).join('\n')}\n`);
    const header = ['calls', 'resident memory', 'open files', 'empty answers'];
    return `### Many short calls\n\n${markdownTable(header, rows)}\n`;
  } finally {
    await engine.stop();
  }
}
