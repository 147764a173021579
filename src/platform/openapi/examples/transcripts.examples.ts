const TEXT =
  'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.';
const JOB_ID = '01a22381-19d9-7201-b6b7-d4b3b569336d';

const VERSION = {
  number: 1,
  kind: 'transcribed',
  author: null,
  restored_from: null,
  created_at: '2026-11-28T18:53:13.580Z',
  saved_at: '2026-11-28T18:53:13.580Z',
  segment_count: 1,
  word_count: 22,
};

/** Taken from answers of the service; numbers are rounded, long lists are cut. */
export const TRANSCRIPT_EXAMPLES = {
  TranscriptChanges: {
    segments: [{ start: 0.258, end: 6.846, text: TEXT, speaker: 'reader' }],
    speakers: { reader: 'Anna' },
  },
  TranscriptExport: { job_ids: [JOB_ID], format: 'srt' },
  TranscriptVersionList: { versions: [VERSION], next_cursor: null },
  TranscriptVersion: {
    ...VERSION,
    text: TEXT,
    segments: [
      {
        id: 0,
        start: 0.258,
        end: 6.846,
        text: TEXT,
        avg_logprob: -0.068,
        compression_ratio: 1.165,
        no_speech_prob: 0.001,
        temperature: 0,
      },
    ],
    speakers: {},
  },
  SearchResults: {
    hits: [
      {
        job_id: JOB_ID,
        original_filename: 'sense-and-sensibility.wav',
        language: 'en',
        model: 'base',
        created_at: '2026-11-28T18:53:13.049Z',
        rank: 0.061,
        snippets: [
          { segment: 0, start: 0.258, end: 6.846, text: TEXT, highlights: [{ start: 31, end: 38 }] },
        ],
      },
    ],
    next_cursor: null,
  },
  MediaPeaks: {
    media_id: '01a22381-19d5-7096-869a-4bfcce27248f',
    duration: 7.1,
    min: [-0.386, -0.409, -0.354, -0.268],
    max: [0.339, 0.425, 0.402, 0.315],
  },
};
