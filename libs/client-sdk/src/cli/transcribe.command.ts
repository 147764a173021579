import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadTranscript } from '../generated/sdk.gen.js';
import type { DownloadTranscriptData } from '../generated/types.gen.js';
import type { TranscribeOptions, TranscriberClient } from '../transcriber-client.js';
import { describeError, EXIT, exitCodeOf, failureOf, UsageError, type ExitCode } from './exit-codes.js';
import { findInputs, openInput, type Input } from './inputs.js';
import type { Invocation, Options } from './invocation.js';
import { openProgressView, type ProgressView } from './progress-view.js';
import { makeFolder, openResultFolder } from './result-folder.js';
import { connect, findService } from './service-address.js';
import { printable, type Terminal } from './terminal.js';
import { watchFolder, type WatchedInput } from './watched-folder.js';

const FORMATS = ['txt', 'srt', 'vtt', 'json'] as const;
/** While one is computed the next one is sent. */
const AT_ONCE = 2;

type Format = NonNullable<NonNullable<DownloadTranscriptData['query']>['format']>;

/** `transcribe FILE…|URL|DIR` */
export async function transcribe(invocation: Invocation): Promise<ExitCode> {
  const { args, options, signal } = invocation;
  const format = formatOf(options);
  if (args.length === 0 && options.watch === undefined)
    throw new UsageError('What is to be transcribed? Name files, folders or addresses.');
  if (options.watch !== undefined && options.out === undefined)
    throw new UsageError('With --watch, --out says where the transcripts go.');
  const inputs = await findInputs(args);
  assertFitting(inputs.length, format, invocation);
  if (options.out !== undefined) await openResultFolder(options.out);
  const service = await findService(options.url);
  const client = await connect(service);
  const run = new TranscriptionRun(client, invocation, format, inputs.length === 1);
  await inParallel(inputs, (input) => run.take(input));
  if (options.watch !== undefined) {
    const watched = { folder: options.watch, serviceUrl: service.url, signal };
    await watchFolder(watched, (input) => run.take(input));
  }
  return run.exitCode;
}

type SpeakerOptions = Pick<
  TranscribeOptions,
  'diarize' | 'numSpeakers' | 'minSpeakers' | 'maxSpeakers' | 'knownVoices'
>;

/** @throws UsageError */
function speakersOf({ diarize, speakers, voices }: Options): SpeakerOptions {
  if (diarize !== true && speakers === undefined && voices === undefined) return {};
  const knownVoices = voices?.includes('all') === true ? true : voices;
  return { diarize: true, ...numbersOf(speakers), ...(knownVoices && { knownVoices }) };
}

/** @throws UsageError */
function numbersOf(speakers: string | undefined): SpeakerOptions {
  if (speakers === undefined) return {};
  const [, least, most] = /^(\d+)(?:-(\d+))?$/.exec(speakers) ?? [];
  if (least === undefined)
    throw new UsageError('--speakers is a number, such as 2, or a range, such as 2-4.');
  return most === undefined
    ? { numSpeakers: Number(least) }
    : { minSpeakers: Number(least), maxSpeakers: Number(most) };
}

/** Several recordings, one of which may fail without the others. */
class TranscriptionRun {
  exitCode: ExitCode = EXIT.allGood;
  private readonly terminal: Terminal;
  private readonly speakers: SpeakerOptions;
  private readonly view: ProgressView = openProgressView(process.stderr);

  constructor(
    private readonly client: TranscriberClient,
    private readonly invocation: Invocation,
    private readonly format: Format,
    /** Whether there is one recording only. */
    private readonly isAlone: boolean,
  ) {
    this.terminal = invocation.terminal;
    this.speakers = speakersOf(invocation.options);
  }

  /**
   * @returns false when nothing was wrong with the recording: the service is away, or the key is not good any more
   * @throws the reason of the signal, and nothing else
   */
  async take(input: WatchedInput): Promise<boolean> {
    let jobId: string | undefined;
    try {
      jobId = await this.transcribe(input);
      const written = await this.deliver(input, jobId);
      this.view.end(input.name, written === null ? 'done' : `written to ${printable(written)}`);
      return true;
    } catch (error) {
      this.invocation.signal.throwIfAborted();
      await this.fail(input, error, jobId);
      const code = exitCodeOf(error);
      return code !== EXIT.notReachable && code !== EXIT.notSignedIn;
    }
  }

  private async transcribe(input: WatchedInput): Promise<string> {
    const { options: given, signal } = this.invocation;
    const options: TranscribeOptions = {
      language: given.language,
      // What it does not know the service names in its error.
      model: given.model as TranscribeOptions['model'],
      ...this.speakers,
      idempotencyKey: input.idempotencyKey,
      // One that is begun again under its key goes on where it is.
      onAbort: input.idempotencyKey === undefined ? 'cancel' : 'keep',
      signal,
      onProgress: (progress) => {
        this.view.show(input.name, progress);
      },
    };
    const { source } = input;
    const { job_id: jobId } =
      'url' in source
        ? await this.client.transcribeUrl(source.url, options)
        : await this.client.transcribe(await openInput(source.file), options);
    return jobId;
  }

  /** @returns the file that it was written to, if any */
  private async deliver({ name, target }: Input, jobId: string): Promise<string | null> {
    const { data } = await downloadTranscript({
      client: this.client.api,
      path: { job_id: jobId },
      query: { format: this.format },
      parseAs: 'text',
    });
    const text = data as unknown as string;
    const { out } = this.invocation.options;
    const written =
      out === undefined ? null : await writeWhole(path.join(out, `${target}.${this.format}`), text);
    const result = { input: name, job_id: jobId, status: 'completed', written };
    if (this.terminal.isJson)
      await this.terminal.printJson(written === null ? { ...result, format: this.format, text } : result);
    else if (written === null)
      await this.terminal.print(this.isAlone ? text : `${printable(name)}:\n${text}`);
    return written;
  }

  private async fail(input: Input, error: unknown, jobId: string | undefined): Promise<void> {
    const code = exitCodeOf(error);
    if (this.exitCode === EXIT.allGood || code > this.exitCode) this.exitCode = code;
    this.view.end(input.name, `failed: ${describeError(error)}`);
    if (this.terminal.isJson)
      await this.terminal.printJson({ input: input.name, job_id: jobId, ...failureOf(error) });
  }
}

/** @throws UsageError */
function formatOf({ format = 'txt' }: Options): Format {
  const known = FORMATS.find((one) => one === format);
  if (known === undefined) throw new UsageError(`${format} is no format; there are ${FORMATS.join(', ')}.`);
  return known;
}

/** Texts can stand below each other; files of subtitles cannot. @throws UsageError */
function assertFitting(count: number, format: Format, { options, terminal }: Invocation): void {
  if (count > 1 && format !== 'txt' && options.out === undefined && !terminal.isJson)
    throw new UsageError(
      `Several ${format} do not fit into one output: name a folder by --out, or ask for --json.`,
    );
}

/** Others see all of it or nothing. */
async function writeWhole(file: string, text: string): Promise<string> {
  await makeFolder(path.dirname(file));
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
  return file;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const take = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}
