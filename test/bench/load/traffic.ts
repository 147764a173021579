import autocannon from 'autocannon';
import { wavHeader } from '../../support/wav-file.js';
import { DueTimes, Latencies } from './latencies.js';
import { CONNECTIONS, type KindFigures, type LoadPlan, type LoadUser } from './plan.js';
import { HEARD } from './users.js';

const INTERVAL_MS = 1000;
const ONE_EACH_SECOND = { connections: 1, connectionRate: 1, timeout: 30 };
/** The load is steady after that: code that has just begun to run is compiled in the first seconds. What fails counts from the beginning. */
const WARM_UP_SECONDS = 30;
const KEPT_OF_ANSWER = 300;
const CLIP_BYTES = 32_000;
const BOUNDARY = 'load-boundary';

/** What one connection goes on with. */
interface Walk {
  readonly user: LoadUser;
  readonly longJob: () => string;
  /** That it made, and is to cancel next. */
  ownJob: string | null;
}

interface Kind {
  readonly name: string;
  readonly request: (walk: Walk) => autocannon.Request;
  readonly expected: readonly number[];
  readonly onBody?: (walk: Walk, body: string) => void;
}

const get = (name: string, path: (walk: Walk) => string, headers: Record<string, string> = {}): Kind => ({
  name,
  request: (walk) => ({ method: 'GET', path: path(walk), headers }),
  expected: [headers['Range'] === undefined ? 200 : 206],
});

const JOB = get('one job', ({ user }) => `/jobs/${user.doneJob}`);
const LONG_JOB = get('one job, waiting or at work', ({ longJob }) => `/jobs/${longJob()}`);
const LIST = get('list of jobs', () => '/jobs?limit=20');
const TRANSCRIPT = get('transcript', ({ user }) => `/transcripts/${user.doneJob}`);
const SRT = get('export, srt', ({ user }) => `/transcripts/${user.doneJob}/download?format=srt`);
const SEARCH = get('search', () => `/search?q=${HEARD}`);
const RANGE = get('part of a recording', ({ user }) => `/media/${user.doneMedia}`, {
  Range: 'bytes=0-65535',
});
const ME = get('who am I', () => '/auth/me');
const MODELS = get('models', () => '/models');
const READY = get('readiness', () => '/health/readyz');
const METRICS = get('metrics', () => '/metrics/');

const UPLOAD: Kind = {
  name: 'upload of a second',
  request: () => ({
    method: 'POST',
    path: '/upload',
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: uploadForm(),
  }),
  expected: [202],
  onBody: (walk, body) => {
    walk.ownJob = (JSON.parse(body) as { job_id: string }).job_id;
  },
};

/** The one before it on the same connection, which waits behind the long ones. */
const CANCEL: Kind = {
  name: 'cancel a job',
  request: ({ ownJob }) => ({ method: 'POST', path: `/jobs/${ownJob ?? 'none'}/cancel` }),
  expected: [200, 202],
};

/** In this order, round and round: people look far more often than they change anything. */
const MIX: readonly Kind[] = [
  ...[UPLOAD, CANCEL, JOB, LIST, TRANSCRIPT, JOB, RANGE, LONG_JOB, ME, JOB],
  ...[SRT, JOB, LIST, JOB, SEARCH, LONG_JOB, RANGE, TRANSCRIPT, JOB, METRICS],
  ...[LIST, JOB, ME, JOB, LONG_JOB, RANGE, SRT, TRANSCRIPT, LIST, MODELS],
  ...[JOB, SEARCH, RANGE, LONG_JOB, LIST, JOB, READY, TRANSCRIPT, ME, JOB],
];

export class Traffic {
  private readonly all = new Latencies();
  private readonly kinds = new Map<string, Latencies>();
  private timedFrom = Infinity;

  constructor(
    private readonly plan: LoadPlan,
    private readonly longJobOf: (user: number) => string,
    private readonly failed: (what: string) => void,
  ) {}

  /** To the end of the time. The connections begin one after the other, so that requests are due at even distances. */
  async run(): Promise<void> {
    const runs: Promise<void>[] = [];
    const begin = performance.now();
    this.timedFrom = begin + WARM_UP_SECONDS * 1000;
    for (let number = 0; number < CONNECTIONS; number += 1) {
      const due = begin + (number * INTERVAL_MS) / CONNECTIONS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      runs.push(this.walk(number));
    }
    await Promise.all(runs);
  }

  figures(): { kinds: KindFigures[]; all: KindFigures } {
    return {
      kinds: [...this.kinds].map(([kind, latencies]) => latencies.figures(kind)),
      all: this.all.figures('all'),
    };
  }

  private walk(number: number): Promise<void> {
    const index = number % this.plan.users.length;
    const [user] = this.plan.users.slice(index);
    if (user === undefined) throw new Error('There are no users');
    const walk: Walk = { user, longJob: () => this.longJobOf(index), ownJob: null };
    let step = number * 7;
    const next = (): Kind => {
      const [kind] = MIX.slice(step % MIX.length);
      step += 1;
      // Who begins in the middle has nothing to cancel yet.
      return kind === undefined || (kind === CANCEL && walk.ownJob === null) ? JOB : kind;
    };
    return this.connect(walk, next);
  }

  private connect(walk: Walk, next: () => Kind): Promise<void> {
    const due = new DueTimes(INTERVAL_MS);
    let asked = JOB;
    const request: autocannon.Request = {
      setupRequest: (defaults) => {
        asked = next();
        const own = asked.request(walk);
        return { ...defaults, ...own, headers: { 'X-API-Key': walk.user.key, ...own.headers } };
      },
      onResponse: (status, body) => {
        if (asked.expected.includes(status)) asked.onBody?.(walk, body);
        else this.failed(`${asked.name}: ${status} ${body.slice(0, KEPT_OF_ANSWER)}`);
      },
    };
    const { url, seconds } = this.plan;
    const duration = WARM_UP_SECONDS + seconds;
    const options = { url, duration, requests: [request], ...ONE_EACH_SECOND };
    return new Promise((resolve, reject) => {
      const instance = autocannon(options, (error: Error | null) => {
        if (error === null) resolve();
        else reject(error);
      });
      instance.on('response', (_client, _status, _bytes, ms) => {
        this.record(asked.name, due.answered(ms));
      });
      instance.on('reqError', (error: Error) => {
        this.failed(`${asked.name}: ${error.message}`);
      });
    });
  }

  private record(kind: string, ms: number): void {
    if (performance.now() < this.timedFrom) return;
    this.all.record(ms);
    let latencies = this.kinds.get(kind);
    if (latencies === undefined) this.kinds.set(kind, (latencies = new Latencies()));
    latencies.record(ms);
  }
}

/** A second of a noise of its own, so that no recording is there already. */
function uploadForm(): Buffer {
  const noise = crypto.getRandomValues(new Uint8Array(CLIP_BYTES));
  const header = wavHeader({ bytes: CLIP_BYTES });
  const field = (name: string, value: string): string =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head = `${field('priority', 'low')}--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="noise.wav"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), header, noise, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}
