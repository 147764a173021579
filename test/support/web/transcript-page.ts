import { readFile } from 'node:fs/promises';
import type { Transcript, TranscriptChanges, TranscriptVersionList } from '@whisper-transcriber/client-sdk';
import type { Browser, Locator } from 'playwright-core';
import { ADMIN_PASSWORD, bearer } from '../accounts.js';
import { jsonOf } from '../api-client.js';
import { NO_RATE_LIMITS } from '../rate-limits.js';
import { storeBlob } from '../stored-blob.js';
import { openTwoUsers, type TwoUsers } from '../two-users.js';
import { SAMPLE, WebPage } from './web-page.js';

export interface HeardSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly channel?: number;
}

const LONG_SEGMENTS = 2000;

/** Close to three hours of speech: 2000 segments of ten words. */
export const LONG_SPEECH: readonly HeardSegment[] = Array.from({ length: LONG_SEGMENTS }, (_, index) => ({
  start: index * 5,
  end: index * 5 + 5,
  text: `Segment ${index + 1} has ten words so that all come to`,
}));

/** A transcript of anna's with a recording that can be played, as she edits it in her browser. */
export class TranscriptRoom {
  private constructor(readonly users: TwoUsers) {}

  static async open(): Promise<TranscriptRoom> {
    const users = await openTwoUsers(NO_RATE_LIMITS);
    const { mediaId } = users.anna;
    const recording = await readFile(SAMPLE);
    await storeBlob(users.dataDir, mediaId, recording);
    await users.execute(`
      update media_files set size_bytes = ${recording.length} where id = '${mediaId}';
      delete from media_peaks where media_file_id = '${mediaId}'`);
    return new TranscriptRoom(users);
  }

  close(): Promise<void> {
    return this.users.close();
  }

  /** As the engine has just heard it: words share the time of their segment, and of each segment the model is unsure of the second one. */
  async hear(segments: readonly HeardSegment[], duration = 60): Promise<void> {
    const { jobId } = this.users.anna;
    const heard = JSON.stringify(segments.map(withWords)).replaceAll("'", "''");
    const text = segments
      .map((segment) => segment.text)
      .join(' ')
      .replaceAll("'", "''");
    await this.users.execute(`
      delete from transcripts where job_id = '${jobId}';
      delete from transcript_versions where job_id = '${jobId}';
      update jobs set duration_seconds = ${duration}, detected_language = 'en' where id = '${jobId}';
      insert into transcripts values ('${jobId}', 'base', 'en', 1, ${duration}, '${text}', '${heard}', now())`);
  }

  /** A page of the app as anna has it after she has signed in. */
  async signIn(browser: Browser, address: string): Promise<WebPage> {
    const web = await WebPage.open(browser, this.users.url);
    await web.goto(`/app/sign-in?back=${encodeURIComponent(address)}`);
    await web.signIn('anna', ADMIN_PASSWORD);
    return web;
  }

  async openPage(browser: Browser, hash = ''): Promise<TranscriptPage> {
    const back = `/app/jobs/${this.users.anna.jobId}`;
    const web = await this.signIn(browser, back);
    await web.awaitTranscript();
    if (hash !== '') {
      await web.page.goto('about:blank');
      await web.goto(back + hash);
      await web.awaitTranscript();
    }
    return new TranscriptPage(web);
  }

  read(): Promise<Transcript> {
    return this.ask<Transcript>('');
  }

  versions(): Promise<TranscriptVersionList> {
    return this.ask<TranscriptVersionList>('/versions');
  }

  /** As another program of anna's changes it. */
  async change(changes: TranscriptChanges): Promise<Transcript> {
    const { url, anna } = this.users;
    const response = await fetch(`${url}/transcripts/${anna.jobId}`, {
      method: 'PATCH',
      headers: { ...bearer(anna.token), 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify(changes),
    });
    if (!response.ok) throw new Error(await response.text());
    return jsonOf<Transcript>(response);
  }

  private async ask<T>(path: string): Promise<T> {
    const { url, anna } = this.users;
    return jsonOf<T>(await fetch(`${url}/transcripts/${anna.jobId}${path}`, { headers: bearer(anna.token) }));
  }
}

function withWords(segment: HeardSegment): object {
  const words = segment.text.split(' ');
  const share = (segment.end - segment.start) / words.length;
  return {
    ...segment,
    avgLogprob: -0.2,
    compressionRatio: 1.1,
    noSpeechProb: 0.01,
    temperature: 0,
    words: words.map((text, index) => ({
      text,
      start: segment.start + index * share,
      end: segment.start + (index + 1) * share,
      probability: index === 1 ? 0.2 : 0.95,
    })),
  };
}

/** What a person does in the editor. */
export class TranscriptPage {
  constructor(readonly web: WebPage) {}

  /** The fields of the segments that are in the page. */
  get fields(): Locator {
    return this.web.page.getByRole('textbox', { name: /^Text at/ });
  }

  field(index: number): Locator {
    return this.fields.nth(index);
  }

  /** Of the segment that is edited: says who speaks in it. */
  get speakerTool(): Locator {
    return this.web.page.getByRole('button', { name: 'Speaker', exact: true });
  }

  async texts(): Promise<string[]> {
    const count = await this.fields.count();
    return Promise.all(Array.from({ length: count }, (_, index) => this.field(index).inputValue()));
  }

  /** Puts the caret before a part of the text of a segment. */
  async putCaret(index: number, before: string): Promise<void> {
    await this.field(index).focus();
    const offset = (await this.field(index).inputValue()).indexOf(before);
    await this.web.page.evaluate(`document.activeElement.setSelectionRange(${offset}, ${offset})`);
  }

  async saved(): Promise<void> {
    await this.web.page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  }

  async saveNow(): Promise<void> {
    await this.web.page.keyboard.press('Control+s');
    await this.saved();
  }

  async state(words: string): Promise<void> {
    await this.web.page.getByText(words, { exact: true }).waitFor();
  }
}
