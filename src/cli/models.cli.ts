import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { toAdminModelDto } from '../modules/admin/dto/admin-model.response.dto.js';
import { ModelHub } from '../modules/transcription/models/hub/model-hub.js';
import type { ModelView } from '../modules/transcription/models/model.view.js';
import { ModelsService } from '../modules/transcription/models/models.service.js';
import { ModelStore } from '../modules/transcription/models/store/model-store.js';
import { loadAppConfig } from '../platform/config/app-config.js';
import { readEnvironment } from '../platform/config/environment.js';
import { isModelName, MODEL_NAMES } from '../platform/config/model-names.js';
import { AppError } from '../platform/errors/app-error.js';
import { StartupError } from '../platform/errors/startup-error.js';
import { SystemClock } from '../platform/runtime/clock.js';
import { stopSignal } from '../platform/runtime/stop-signal.js';
import { renderModelTable } from './model-table.js';
import { PullProgress } from './pull-progress.js';

const USAGE = `Usage: npm run models -- COMMAND

  list [--json]     the models, and which of them are on this machine
  pull NAME …       download models from the hub; goes on with what was begun
  remove NAME …     delete models, and what is left of downloads

Names: ${MODEL_NAMES.join(', ')}.
Settings are those of the service (MODEL_DIR, MODEL_HUB_URL, …), from the environment and .env.
With --json, npm itself must be quiet: npm run --silent models -- list --json
`;

const EXIT = { ok: 0, failed: 1, usage: 2, stopped: 130 } as const;
const REDRAW_MS = 200;
const STOP_LIMIT_MS = 10_000;

class UsageError extends Error {}

async function main(): Promise<number> {
  const { command, names, json, help } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const models = openModels();
  switch (command) {
    case 'list':
      return list(models, json);
    case 'pull':
      return pullAll(models, names);
    case 'remove':
      return forEach(names, async (name) => {
        await models.remove(name);
        process.stdout.write(`${name} is removed.\n`);
      });
    default:
      throw new UsageError(command === undefined ? 'Say what to do.' : `There is no command "${command}".`);
  }
}

function readArguments(args: string[]): {
  command: string | undefined;
  names: string[];
  json: boolean;
  help: boolean;
} {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const [command, ...names] = parsed.positionals;
  const { json = false, help = false } = parsed.values;
  if (help) return { command, names, json, help };
  const unknown = names.find((name) => !isModelName(name));
  if (unknown !== undefined) throw new UsageError(`There is no model "${unknown}".`);
  if (command === 'list' && names.length > 0) throw new UsageError('list takes no names.');
  if (command !== 'list' && json) throw new UsageError('Only list has --json.');
  if (command !== 'list' && command !== undefined && names.length === 0) {
    throw new UsageError(`${command} wants the name of a model.`);
  }
  return { command, names, json, help };
}

/** The same services as in the API process, but neither its database nor its routes. */
function openModels(): ModelsService {
  // What became of a pull is told in words; only what nobody expected is logged.
  Logger.overrideLogger(['error', 'fatal']);
  const config = loadAppConfig(readEnvironment(), process.stdout.isTTY);
  const clock = new SystemClock();
  const store = new ModelStore(config.models.dir);
  return new ModelsService(config, store, new ModelHub(config.models.hub, clock), clock);
}

async function list(models: ModelsService, json: boolean): Promise<number> {
  const all = await models.list();
  const text = json
    ? `${JSON.stringify({ models: all.map(toAdminModelDto) }, null, 2)}\n`
    : renderModelTable(all);
  process.stdout.write(text);
  return EXIT.ok;
}

async function pullAll(models: ModelsService, names: readonly string[]): Promise<number> {
  const stop = stopSignal(STOP_LIMIT_MS, () => undefined);
  stop.addEventListener('abort', () => {
    models.onModuleDestroy();
  });
  const code = await forEach(names, async (name) => {
    if (!stop.aborted) await pull(models, name, stop);
  });
  if (!stop.aborted) return code;
  process.stderr.write('Stopped. The next pull goes on from here.\n');
  return EXIT.stopped;
}

async function pull(models: ModelsService, name: string, stop: AbortSignal): Promise<void> {
  const progress = new PullProgress(name, process.stdout);
  let model = await models.startPull(name);
  if (model.state === 'ready') {
    process.stdout.write(`${name} is here already.\n`);
    return;
  }
  const ended = models.waitForEnd(name);
  while (model.state === 'downloading') {
    progress.show(model);
    model = await Promise.race([ended, delay(REDRAW_MS).then(() => models.get(name))]);
  }
  model = await ended;
  progress.end();
  if (stop.aborted) return;
  if (model.error !== null) throw new AppError(model.error.code, model.error.detail);
  process.stdout.write(`${name} is ready${origin(model)}.\n`);
}

function origin({ repository, commit }: ModelView): string {
  return commit === null ? '' : `: ${repository} at ${commit}`;
}

/** One after the other; one that fails does not keep the next from its turn. */
async function forEach(names: readonly string[], work: (name: string) => Promise<void>): Promise<number> {
  let code: number = EXIT.ok;
  for (const name of names) {
    try {
      await work(name);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      process.stderr.write(`${name}: ${error.detail} (${error.code})\n`);
      code = EXIT.failed;
    }
  }
  return code;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const known = error instanceof StartupError || error instanceof UsageError;
    process.stderr.write(`${known ? error.message : unexpected}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
    process.exit(error instanceof UsageError ? EXIT.usage : EXIT.failed);
  },
);
