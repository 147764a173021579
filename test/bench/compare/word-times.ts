import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ENGINES, withEngines, type EngineName } from '../engines/engines.js';
import { markdownTable } from '../markdown.js';
import { quantile } from '../measures/median.js';
import { startErrors, type WordTime } from '../measures/word-errors.js';
import { audioSetFolder } from '../settings.js';

/** Recordings of a synthesiser that says when it begins each word. */
const RECORDINGS = [
  { file: 'clips/en/words_exact.flac', truth: 'clips/en/words_exact.words.json' },
  { file: 'long-synthetic.opus', truth: 'long-synthetic.json' },
];
const NAMES: readonly EngineName[] = ['own', 'batched', 'sequential'];
const MILLISECONDS = 1000;

/** How far word starts are from the true ones. */
export async function wordTimes(): Promise<string> {
  const folder = audioSetFolder();
  const rows = await withEngines(NAMES, async (engines) => {
    const table: string[][] = [];
    for (const { file, truth } of RECORDINGS) {
      const exact = await readTruth(path.join(folder, truth));
      for (const [name, engine] of engines) {
        const task = { file: path.join(folder, file), language: 'en', words: true };
        const { words } = await engine.transcribe(task);
        const errors = startErrors(exact, words ?? []);
        const sizes = errors.map(Math.abs);
        const within = sizes.filter((size) => size <= 0.2).length / sizes.length;
        table.push([
          `\`${file}\``,
          ENGINES[name],
          `${errors.length} of ${exact.length}`,
          milliseconds(quantile(sizes, 0.5)),
          milliseconds(quantile(sizes, 0.9)),
          milliseconds(quantile(errors, 0.5)),
          `${(within * 100).toFixed(0)} %`,
        ]);
        process.stderr.write(`${table.at(-1)?.join(', ') ?? ''}\n`);
      }
    }
    return table;
  });
  const header = ['recording', 'engine', 'words compared', 'median', '90 % within', 'bias', 'within 0.2 s'];
  return `### Times of words\n\n${markdownTable(header, rows)}\n`;
}

async function readTruth(file: string): Promise<WordTime[]> {
  const { words } = JSON.parse(await readFile(file, 'utf8')) as { words: { word: string; start: number }[] };
  return words.map(({ word, start }) => ({ text: word, start }));
}

const milliseconds = (seconds: number): string => `${(seconds * MILLISECONDS).toFixed(0)} ms`;
