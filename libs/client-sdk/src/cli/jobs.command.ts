import { cancelJob, deleteJob, getJob, listJobs, retryJob } from '../generated/sdk.gen.js';
import type { JobStatus, JobSummary } from '../generated/types.gen.js';
import type { TranscriberClient } from '../transcriber-client.js';
import { describeError, EXIT, exitCodeOf, failureOf, UsageError, type ExitCode } from './exit-codes.js';
import { allowOptions, type Invocation } from './invocation.js';
import { connect, findService } from './service-address.js';

const DEFAULT_LIMIT = '20';
const STATUSES = [
  'queued',
  'processing',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly JobStatus[];

type Api = TranscriberClient['api'];

/** What can be done to each of several jobs; the answer is what the service says of it then. */
const ORDERS: Readonly<Record<string, (client: Api, id: string) => Promise<unknown>>> = {
  show: async (client, id) => (await getJob({ client, path: { job_id: id } })).data,
  cancel: async (client, id) => (await cancelJob({ client, path: { job_id: id } })).data,
  retry: async (client, id) => (await retryJob({ client, path: { job_id: id }, body: {} })).data,
  delete: async (client, id) => (await deleteJob({ client, path: { job_id: id } })).data,
};

/** `jobs [list]`, `jobs show|cancel|retry|delete ID…` */
export async function jobs(invocation: Invocation): Promise<ExitCode> {
  const [what = 'list', ...ids] = invocation.args;
  if (what === 'list') {
    allowOptions(invocation, ['status', 'limit']);
    return list(invocation);
  }
  const order = Object.hasOwn(ORDERS, what) ? ORDERS[what] : undefined;
  if (order === undefined)
    throw new UsageError(`jobs has no ${what}; there are list, ${Object.keys(ORDERS).join(', ')}.`);
  allowOptions(invocation, []);
  if (ids.length === 0) throw new UsageError(`jobs ${what} wants ids of jobs.`);
  const { api } = await connect(await findService(invocation.options.url));
  let code: ExitCode = EXIT.allGood;
  for (const id of ids) {
    try {
      await tellOf(invocation, what, id, await order(api, id));
    } catch (error) {
      code = exitCodeOf(error);
      if (invocation.terminal.isJson)
        await invocation.terminal.printJson({ job_id: id, ...failureOf(error) });
      invocation.terminal.tell(`${id}: ${describeError(error)}`);
    }
  }
  return code;
}

function tellOf({ terminal }: Invocation, what: string, id: string, answer: unknown): Promise<void> {
  if (terminal.isJson) return terminal.printJson(answer);
  return terminal.print(what === 'show' ? JSON.stringify(answer, null, 2) : `${id}: ${what} done`);
}

async function list({ args, options, terminal }: Invocation): Promise<ExitCode> {
  if (args.length > 1) throw new UsageError('jobs list takes no arguments.');
  const limit = options.limit ?? DEFAULT_LIMIT;
  if (!/^[1-9]\d{0,3}$/.test(limit)) throw new UsageError(`${limit} is no number of jobs.`);
  const status = options.status?.map(statusOf);
  const { api } = await connect(await findService(options.url));
  const query = { limit: Number(limit), ...(status !== undefined && { status }) };
  const { data } = await listJobs({ client: api, query });
  if (terminal.isJson) await terminal.printJson(data);
  else await terminal.printTable([['ID', 'STATUS', 'MODEL', 'PERCENT', 'FILE'], ...data.jobs.map(rowOf)]);
  return EXIT.allGood;
}

/** @throws UsageError */
function statusOf(name: string): JobStatus {
  const known = STATUSES.find((status) => status === name);
  if (known === undefined) throw new UsageError(`${name} is no status; there are ${STATUSES.join(', ')}.`);
  return known;
}

function rowOf({ job_id: id, status, model, progress, original_filename: file }: JobSummary): string[] {
  return [id, status, model, progress.percent === null ? '' : `${Math.floor(progress.percent)}`, file];
}
