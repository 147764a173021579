/**
 * Pulls Whisper tiny.en from a mirror of the hub over the folder MODEL_SET/whisper-tiny.en with `npm run models`, killed once in the middle, and
 * lets the built service transcribe with what came of it. Ends with 1 when the pull does not go on where it was killed, or when too many
 * words are wrong.
 */
import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixturePath } from '../support/api-client.js';
import { HubMirror } from '../support/hub-mirror.js';
import { ModelsCommand } from '../support/built-command.js';
import { startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';
import { machine, markdownTable, percent } from './markdown.js';
import { countErrors, errorRate } from './measures/error-rate.js';
import { fetchTranscript, submitFile } from './service-jobs.js';
import { modelSetFolder, runProgram } from './settings.js';

const MODEL = 'tiny.en';
const REPOSITORY = 'onnx-community/whisper-tiny.en_timestamped';
const RECORDING = 'clips/en/words_exact';
/** The smallest model makes some mistakes; broken weights make nothing but mistakes. */
const MOST_ERRORS = 0.2;
const LFS_FROM_BYTES = 1_000_000;
const KILL_AFTER_BYTES = 5_000_000;
const SLOWLY = { at: '.onnx', times: 100, pauseMs: 2 };

await runProgram(async () => {
  const folder = path.join(modelSetFolder('whisper-tiny.en'), `whisper-${MODEL}`);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'bench-hub-'));
  const hub = await HubMirror.open({ repositories: { [REPOSITORY]: folder }, lfsFromBytes: LFS_FROM_BYTES });
  try {
    const fetched = await pull(hub, dataDir);
    const rate = await transcribe(dataDir);
    const bytes = fetched.reduce((sum, { sent }) => sum + sent, 0);
    const rows = [
      ['files', String(new Set(fetched.map(({ path: asked }) => asked)).size)],
      ['content requests', String(fetched.length)],
      ['fetched', `${(bytes / 1e6).toFixed(1)} MB`],
      ['word error rate', percent(rate)],
    ];
    process.stdout.write(`${MODEL}, ${machine()}.\n\n${markdownTable(['what', 'value'], rows)}\n`);
    return rate !== null && rate <= MOST_ERRORS ? 0 : 1;
  } finally {
    await hub.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

/** The requests that brought content, in order. */
async function pull(hub: HubMirror, dataDir: string): Promise<HubMirror['requests']> {
  const env = { DATA_DIR: dataDir, MODEL_HUB_URL: hub.url };
  const brought = (): HubMirror['requests'] => hub.requests.filter(({ sent }) => sent > 0);
  hub.break(SLOWLY);
  const killed = new ModelsCommand(['pull', MODEL], env);
  await waitFor(() => brought().some(({ sent }) => sent > KILL_AFTER_BYTES), { what: 'half a download' });
  killed.child.kill('SIGKILL');
  await killed.end();
  hub.break();
  const { code, stdout, stderr } = await new ModelsCommand(['pull', MODEL], env).end();
  process.stderr.write(stdout + stderr);
  if (code !== 0) throw new Error(`The pull ended with exit code ${String(code)}`);
  const resumed = brought().filter(({ range }) => range !== null);
  if (resumed.length !== 1) throw new Error('The pull did not go on where it was killed');
  const files = await readdir(path.join(dataDir, 'models', `whisper-${MODEL}`), { recursive: true });
  process.stderr.write(`${files.sort().join(' ')}\n`);
  return brought();
}

async function transcribe(dataDir: string): Promise<number | null> {
  const service = await startService({ dataDir });
  try {
    const submission = await submitFile(service.url, fixturePath(`${RECORDING}.flac`), { model: MODEL });
    if ('refused' in submission) throw new Error(`Refused: ${submission.refused.code}`);
    if (submission.job.error !== null) throw new Error(`Failed: ${submission.job.error.code}`);
    const { model, text } = await fetchTranscript(service.url, submission.job);
    if (model !== MODEL) throw new Error(`Transcribed with ${model}`);
    const reference = await readFile(fixturePath(`${RECORDING}.txt`), 'utf8');
    return errorRate([countErrors(reference, text, 'en')]);
  } finally {
    await service.stop();
  }
}
