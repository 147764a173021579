import { getMe } from '../generated/sdk.gen.js';
import type { Invocation } from './invocation.js';
import { EXIT, UsageError, type ExitCode } from './exit-codes.js';
import { assertKey, checkUrl, connect, DEFAULT_URL, fromEnvironment } from './service-address.js';
import { storeSettings } from './settings-file.js';

/** `login [URL]`: asks for an API key and keeps it if it is good. */
export async function login({ args, options, terminal }: Invocation): Promise<ExitCode> {
  if (args.length > 1) throw new UsageError('login takes one address.');
  const given = args[0] ?? options.url ?? fromEnvironment('WHISPER_URL');
  const answer = given ?? (process.stdin.isTTY ? await terminal.ask(`Service [${DEFAULT_URL}]: `) : '');
  const url = checkUrl(answer === '' ? DEFAULT_URL : answer);
  const apiKey = await terminal.ask('API key (not shown): ', { isSecret: true });
  if (apiKey === '') throw new UsageError('An API key is needed; POST /auth/api-keys makes one.');
  assertKey(apiKey);
  const { api } = await connect({ url, apiKey });
  const { data: me } = await getMe({ client: api });
  const file = await storeSettings({ url, apiKey });
  if (terminal.isJson) await terminal.printJson({ url, username: me.username, file });
  else await terminal.print(`Signed in to ${url} as ${me.username}; kept in ${file}`);
  return EXIT.allGood;
}
