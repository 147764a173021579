const ANNA = { id: '01a2235e-b1b4-75cf-97ec-b90b2b9752dd', username: 'anna' };
const STORED = { recordings: 227244, unfinished_uploads: 0, database: 9844415 };

const JOB = {
  job_id: '01a22397-6736-7149-9172-7ea8f1e5d92e',
  owner: ANNA,
  status: 'completed',
  error: null,
  model: 'base',
  priority: 'normal',
  duration_seconds: 7.1,
  processed_seconds: 7.1,
  attempts: 1,
  worker_id: '01a22397-2e6d-75ac-8597-fb106135dc51',
  created_at: '2026-11-28T19:17:34.646Z',
  started_at: '2026-11-28T19:17:34.705Z',
  completed_at: '2026-11-28T19:17:35.882Z',
};

const SETTING = {
  name: 'MAX_ACTIVE_JOBS_PER_USER',
  description: 'Jobs of one user that may be waiting or in work at the same time. 0: no limit.',
  value: '50',
  start_value: '500',
  choices: null,
  minimum: 0,
  maximum: 1000000,
  changed_at: '2026-11-28T21:40:12.004Z',
  changed_by: ANNA,
};

/** Taken from answers of the service; names are made up, long lists are cut. */
export const ADMINISTRATION_EXAMPLES = {
  AdministeredJob: JOB,
  AdministeredJobList: { jobs: [JOB], next_cursor: null },
  AdministeredMediaList: {
    media: [
      {
        media_id: '01a22397-6734-77c9-b06d-177f4778a7bc',
        owner: ANNA,
        size_bytes: 227244,
        duration_seconds: 7.1,
        container: 'wav',
        created_at: '2026-11-28T19:17:34.644Z',
      },
    ],
    next_cursor: null,
  },
  AdministeredUploadList: {
    uploads: [
      {
        session_id: '01a22397-6730-7a11-8c40-3f0e4d2b1a55',
        owner: ANNA,
        kind: 'tus',
        status: 'active',
        waiting_for: null,
        code: null,
        received_bytes: 8388608,
        total_bytes: 104857600,
        created_at: '2026-11-28T19:10:02.120Z',
        updated_at: '2026-11-28T19:10:03.871Z',
        expires_at: '2026-11-29T19:10:03.871Z',
      },
    ],
    next_cursor: null,
  },
  SettingChanges: { values: { MAX_ACTIVE_JOBS_PER_USER: '50', LOG_LEVEL: null } },
  Setting: SETTING,
  SettingList: { settings: [SETTING] },
  Overview: {
    range: '1h',
    step_seconds: 60,
    queue: { queued: 0, processing: 0, oldest_seconds: 0 },
    stored_bytes: STORED,
    buckets: [
      {
        begins_at: '2026-11-28T19:17:00.000Z',
        completed: 1,
        failed: 0,
        cancelled: 0,
        failed_by_code: {},
        audio_seconds: 7.1,
        realtime_factor: 0.166,
        queued: 0,
        longest_wait_seconds: 0.059,
        uploads: 1,
        uploaded_bytes: 227244,
      },
    ],
  },
  StorageOverview: {
    stored_bytes: STORED,
    free_bytes: 61909512192,
    awaiting_collection: 0,
    largest_users: [{ owner: ANNA, recordings: 1, recording_bytes: 227244, unfinished_bytes: 0 }],
  },
  CollectionStarted: { message: 'Cleaning up has begun.' },
  SystemHealth: {
    state: 'up',
    parts: [{ name: 'database', state: 'up', since: '2026-11-28T19:17:36.073Z' }],
    versions: { service: '0.1.0', node: '24.21.0', database: '18.4', redis: null },
    uptime_seconds: 25,
    memory_bytes: 265826304,
    free_disk_bytes: 61909512192,
  },
};
