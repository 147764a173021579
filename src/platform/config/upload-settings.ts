import { mediaRetention } from './media-retention.js';
import { integer } from './setting.js';
import { urlFetchAllow } from './url-fetch-allow.js';

/** How files come in, and how many. */
export const UPLOAD_SETTINGS = {
  MAX_UPLOAD_MB: integer(100, 1, 1_000_000, 'Largest file that is accepted, in MiB, at every entrance.'),
  MAX_UPLOADS_PER_USER: integer(
    250,
    0,
    100_000,
    'How many uploads in several requests one user may have unfinished at a time; 0: any number.',
  ),
  UPLOAD_EXPIRES_HOURS: integer(
    24,
    1,
    720,
    'How long an unfinished upload waits for its next bytes before it is given up, in hours.',
  ),
  MIN_FREE_DISK_MB: integer(
    500,
    0,
    100_000_000,
    'Space on the disk of DATA_DIR that recordings do not take, in MiB. A file that would is refused before it is read.',
  ),
  STORAGE_QUOTA_MB: integer(
    0,
    0,
    1_000_000_000,
    'How much the recordings of one user may take, in MiB; 0: no limit.',
  ),
  MEDIA_RETENTION: {
    fallback: 'keep',
    describe:
      'How long recordings are kept: keep (until somebody deletes them), after-job (until their jobs have ended), or a number of days, as in 30d. Users can shorten it for what is their own. Transcripts stay.',
    parse: mediaRetention,
  },
  MAX_AUDIO_HOURS: integer(24, 1, 1000, 'Longest recording that is accepted, in hours.'),
  URL_FETCH_ALLOW: {
    fallback: '',
    describe:
      'Where recordings are fetched from by URL although it is not public: host names, addresses and networks (media.internal, 10.1.2.3, 10.2.0.0/16), with commas. Whoever may upload then reaches all ports there. Empty: nowhere.',
    parse: urlFetchAllow,
  },
  URL_FETCH_MAX_MINUTES: integer(
    60,
    1,
    1440,
    'Longest time that fetching one recording by URL may take, in minutes.',
  ),
} as const;
