/**
 * Compares the service with the peer engine on the two long recordings of the audio set (settings AUDIO_SET, PEER_DIR,
 * BENCH_ROUNDS, BENCH_THREADS). Both have their model loaded; they take turns, one at a time, and each turn of one is compared with the
 * turn of the other that follows it. Prints a section for docs/benchmarks.md.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startService } from '../support/start-service.js';
import { machine } from './markdown.js';
import { PeerEngine, setUpPeer } from './peer/peer-engine.js';
import { audioSetFolder, peerFolder, rounds, runProgram, threads } from './settings.js';
import { renderComparison, type Comparison, type Pair } from './speed/comparison.js';
import { runService } from './speed/service-run.js';

const RECORDINGS = ['long-real.flac', 'long-synthetic.opus'];
const LANGUAGE = 'en';

await runProgram(async () => {
  const folder = audioSetFolder();
  const peerDir = peerFolder();
  const count = rounds();
  setUpPeer(peerDir);
  const service = await startService({ env: { WORKER_THREADS: String(threads()) } });
  try {
    const peer = await PeerEngine.start(peerDir, threads(), LANGUAGE);
    try {
      const comparisons: Comparison[] = [];
      for (const name of RECORDINGS) {
        const file = path.join(folder, name);
        const reference = await readFile(file.replace(/\.\w+$/, '.txt'), 'utf8');
        const pairs: Pair[] = [];
        for (let round = 1; round <= count; round += 1) {
          const own = await runService(service, file, LANGUAGE);
          const other = await peer.transcribe(file);
          pairs.push({ own, peer: other });
          process.stderr.write(
            `${name}, round ${round}: ${own.wall_s.toFixed(1)} s, peer ${other.wall_s.toFixed(1)} s\n`,
          );
        }
        comparisons.push({ name, reference, pairs });
      }
      process.stdout.write(`${machine()}, ${threads()} threads each, rounds: ${count}.\n\n`);
      process.stdout.write(comparisons.map(renderComparison).join('\n'));
      return 0;
    } finally {
      await peer.stop();
    }
  } finally {
    await service.stop();
  }
});
