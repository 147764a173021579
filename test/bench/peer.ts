/**
 * Installs the peer engine (faster-whisper, Whisper base, int8, batched) in the folder of the setting PEER_DIR, and transcribes the
 * recordings that are named with it: one line of JSON each, as peer/run_peer.py describes it. `--language CODE` spares the detection.
 */
import { parseArgs } from 'node:util';
import { PeerEngine, setUpPeer } from './peer/peer-engine.js';
import { peerFolder, runProgram, threads } from './settings.js';

await runProgram(async () => {
  const { values, positionals } = parseArgs({
    options: { language: { type: 'string' } },
    allowPositionals: true,
  });
  const folder = peerFolder();
  setUpPeer(folder);
  if (positionals.length === 0) return 0;
  const peer = await PeerEngine.start(folder, threads(), values.language ?? null);
  try {
    for (const file of positionals) {
      process.stdout.write(`${JSON.stringify(await peer.transcribe(file))}\n`);
    }
    return 0;
  } finally {
    await peer.stop();
  }
});
