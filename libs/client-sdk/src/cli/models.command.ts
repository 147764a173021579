import { getModel, listModels, pullModel } from '../generated/sdk.gen.js';
import type { AdminModel, Model } from '../generated/types.gen.js';
import { wait } from '../patience.js';
import { EXIT, UsageError, type ExitCode } from './exit-codes.js';
import { allowOptions, type Invocation } from './invocation.js';
import { connect, findService } from './service-address.js';

const LOOK_AGAIN_MS = 1000;

/** `models [list]`, `models pull NAME` */
export async function models(invocation: Invocation): Promise<ExitCode> {
  allowOptions(invocation, []);
  const [what = 'list', ...names] = invocation.args;
  if (what === 'list' && names.length === 0) return list(invocation);
  const [name] = names;
  if (what !== 'pull' || name === undefined || names.length > 1)
    throw new UsageError('models is followed by nothing, or by pull and one name.');
  return pull(invocation, name);
}

async function list({ options, terminal }: Invocation): Promise<ExitCode> {
  const { api } = await connect(await findService(options.url));
  const { data } = await listModels({ client: api });
  if (terminal.isJson) await terminal.printJson(data);
  else
    await terminal.printTable([
      ['NAME', 'STATE', 'MB', ''],
      ...data.models.map((model) => rowOf(model, data.default)),
    ]);
  return EXIT.allGood;
}

function rowOf({ name, state, size_bytes: bytes, alias_of: alias }: Model, byDefault: string): string[] {
  const remark = name === byDefault ? 'default' : alias === null ? '' : `the same as ${alias}`;
  return [name, state, megabytes(bytes), remark];
}

/** Until it is ready. A pull goes on when the command is interrupted: others may wait for it. */
async function pull({ options, signal, terminal }: Invocation, name: string): Promise<ExitCode> {
  const { api } = await connect(await findService(options.url));
  // What is no name of a model the service says in its error.
  const path = { name };
  await pullModel({ client: api, path });
  for (let before = ''; ;) {
    const { data: model } = await getModel({ client: api, path });
    if (model.state !== 'downloading') return tellEnd(model, terminal);
    const line = `${name}: ${megabytes(model.progress?.done_bytes ?? 0)} of ${megabytes(model.size_bytes)} MB`;
    if (line !== before) terminal.tell(line);
    before = line;
    await wait(LOOK_AGAIN_MS, signal);
  }
}

async function tellEnd(model: AdminModel, terminal: Invocation['terminal']): Promise<ExitCode> {
  if (terminal.isJson) await terminal.printJson(model);
  else await terminal.print(`${model.name}: ${model.state}`);
  if (model.state === 'ready') return EXIT.allGood;
  terminal.tell(
    model.error === null ? `${model.name} is not ready.` : `${model.error.detail} (${model.error.code})`,
  );
  return EXIT.someFailed;
}

function megabytes(bytes: number | null): string {
  return bytes === null ? '?' : (bytes / 1e6).toFixed(1);
}
