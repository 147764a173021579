/**
 * Compares our engine with faster-whisper and transformers.js on the audio set (settings AUDIO_SET, PEER_DIR, MODEL_SET, BENCH_ROUNDS,
 * BENCH_THREADS). All run the same weights; they take turns, one at a time. `npm run bench -- compare long words` runs some sections
 * only. Prints Markdown for docs/benchmarks.md.
 */
import { clips } from './compare/clips.js';
import { longRecordings } from './compare/long-recordings.js';
import { memory } from './compare/memory.js';
import { silence } from './compare/silence.js';
import { wordTimes } from './compare/word-times.js';
import { stability } from './compare/stability.js';
import { setUpPeer } from './engines/engines.js';
import { machine } from './markdown.js';
import { audioSetFolder, BenchSetupError, rounds, runProgram, threads } from './settings.js';

const SECTIONS: Readonly<Record<string, () => Promise<string>>> = {
  long: longRecordings,
  clips,
  silence,
  words: wordTimes,
  memory,
  stability,
};

await runProgram(async () => {
  const asked = process.argv.slice(2);
  const names = asked.length > 0 ? asked : Object.keys(SECTIONS);
  for (const name of names) {
    if (SECTIONS[name] === undefined) {
      throw new BenchSetupError(
        `There is no section "${name}"; there are: ${Object.keys(SECTIONS).join(', ')}.`,
      );
    }
  }
  audioSetFolder();
  setUpPeer();
  process.stdout.write(`${machine()}, ${threads()} threads each, rounds: ${rounds()}.\n\n`);
  for (const name of names) process.stdout.write(`${(await SECTIONS[name]?.()) ?? ''}\n`);
  return 0;
});
