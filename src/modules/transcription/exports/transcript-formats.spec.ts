import { describe, expect, it } from '@jest/globals';
import type { TranscriptView } from '../transcripts/transcript.view.js';
import { DEFAULT_EXPORT } from './export-options.js';
import { TRANSCRIPT_FORMATS } from './transcript-formats.js';

const RECORDING = { title: 'talk.wav', language: 'en' };
const certainty = { avgLogprob: -0.2, compressionRatio: 1.1, noSpeechProb: 0.01, temperature: 0 };

const transcript: TranscriptView = {
  jobId: '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee',
  model: 'base',
  language: 'en',
  languageProbability: 0.98,
  duration: 3725,
  text: 'Salt & <b>vinegar</b> --> chips. Grüße, 世界.',
  speakers: {},
  diarization: null,
  version: 1,
  revision: 1,
  segments: [
    { start: 0.48, end: 2.5, text: 'Salt & <b>vinegar</b> --> chips.', ...certainty },
    { start: 3661.0004, end: 3665.9996, text: 'Grüße, 世界.', ...certainty },
  ],
};

const silence: TranscriptView = {
  ...transcript,
  language: null,
  languageProbability: null,
  text: '',
  segments: [],
};

const textOf = (pieces: Iterable<string>): string => [...pieces].join('');

describe('transcript formats', () => {
  it('writes a line of text for each segment', () => {
    expect(textOf(TRANSCRIPT_FORMATS.txt.write(transcript, DEFAULT_EXPORT))).toBe(
      'Salt & <b>vinegar</b> --> chips.\nGrüße, 世界.\n',
    );
  });

  it('writes SubRip with numbers, comma times and no arrow in the text', () => {
    expect(textOf(TRANSCRIPT_FORMATS.srt.write(transcript, DEFAULT_EXPORT, RECORDING))).toBe(
      '1\n00:00:00,480 --> 00:00:02,500\nSalt & <b>vinegar</b> -> chips.\n\n2\n01:01:01,000 --> 01:01:06,000\nGrüße, 世界.\n',
    );
  });

  it('writes WebVTT with escaped text', () => {
    expect(textOf(TRANSCRIPT_FORMATS.vtt.write(transcript, DEFAULT_EXPORT, RECORDING))).toBe(
      'WEBVTT\n\n00:00:00.480 --> 00:00:02.500\nSalt &amp; &lt;b&gt;vinegar&lt;/b&gt; --&gt; chips.\n\n01:01:01.000 --> 01:01:06.000\nGrüße, 世界.\n',
    );
  });

  it('writes JSON as the API answers it', () => {
    expect(JSON.parse(textOf(TRANSCRIPT_FORMATS.json.write(transcript)))).toMatchObject({
      job_id: transcript.jobId,
      language: 'en',
      duration: 3725,
      text: transcript.text,
      segments: [{ id: 0, start: 0.48, end: 2.5, avg_logprob: -0.2 }, { id: 1 }],
    });
  });

  it('names channels that were heard each by itself', () => {
    const segments = transcript.segments.map((segment, channel) => ({ ...segment, channel }));
    const apart = { ...transcript, segments };
    expect(textOf(TRANSCRIPT_FORMATS.txt.write(apart, DEFAULT_EXPORT))).toBe(
      'Channel 1: Salt & <b>vinegar</b> --> chips.\nChannel 2: Grüße, 世界.\n',
    );
    expect(textOf(TRANSCRIPT_FORMATS.srt.write(apart, DEFAULT_EXPORT, RECORDING))).toContain(
      '\nChannel 2: Grüße, 世界.\n',
    );
    expect(textOf(TRANSCRIPT_FORMATS.vtt.write(apart, DEFAULT_EXPORT, RECORDING))).toContain(
      '\n<v Channel 2>Grüße, 世界.\n',
    );
  });

  it('writes words in JSON, and never tokens', () => {
    const words = [{ start: 0.48, end: 1, text: 'Salt', probability: 0.98765 }];
    const tokens = [{ id: 1, logprob: -0.1, bytes: [83] }];
    const segments = transcript.segments.map((segment) => ({ ...segment, words, tokens }));
    const { segments: written } = JSON.parse(
      textOf(TRANSCRIPT_FORMATS.json.write({ ...transcript, segments })),
    ) as {
      segments: object[];
    };
    expect(written[0]).toMatchObject({ words: [{ ...words[0], probability: 0.988 }] });
    expect(written[0]).not.toHaveProperty('tokens');
  });

  it('writes files without cues when nobody speaks', () => {
    expect(textOf(TRANSCRIPT_FORMATS.txt.write(silence, DEFAULT_EXPORT))).toBe('');
    expect(textOf(TRANSCRIPT_FORMATS.srt.write(silence, DEFAULT_EXPORT, RECORDING))).toBe('');
    expect(textOf(TRANSCRIPT_FORMATS.vtt.write(silence, DEFAULT_EXPORT, RECORDING))).toBe('WEBVTT\n');
  });
});
