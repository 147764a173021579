import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

/**
 * Starts a PostgreSQL server for one test run, in a temporary folder and on a free port.
 *
 * @param {string} bin folder of PostgreSQL's programs
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startTestDatabase(bin) {
  const folder = mkdtempSync(path.join(tmpdir(), 'whisper-test-database-'));
  try {
    return await startIn(folder, bin);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder, bin) {
  const runner = await chooseRunner(bin);
  const password = randomBytes(16).toString('hex');
  const passwordFile = path.join(folder, 'password');
  const data = path.join(folder, 'data');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runner.uid !== undefined)
    for (const file of [folder, passwordFile]) chownSync(file, runner.uid, runner.gid);
  const options = { cwd: folder, uid: runner.uid, gid: runner.gid };
  const call = (name, args) => [...runner.prefix, path.join(bin, name), ...args];

  const fixed = [
    '-D',
    data,
    '-U',
    'test',
    '-E',
    'UTF8',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
  ];
  const [initdb, ...initdbArgs] = call('initdb', [...fixed, '--locale=C.UTF-8']);
  const made = await runTool(initdb, initdbArgs, options);
  if (made.code !== 0) throw new SetupError(`The test database could not be created:\n${made.output}`);

  const port = await findFreePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=200',
  ];
  const [postgres, ...args] = call('postgres', [
    '-D',
    data,
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  // In a session of its own: Ctrl-C ends the tests first and the database after them.
  const server = spawn(postgres, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-4000)));
  const ended = new Promise((resolve) => server.once('exit', resolve).once('error', resolve));
  const stop = async () => {
    server.kill('SIGINT');
    await Promise.race([ended, pause(STOP_LIMIT_MS, null, { ref: false })]);
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await isListening(port, ended))) {
    await stop();
    throw new SetupError(`The test database did not start:\n${log}`);
  }
  return { url: `postgresql://test:${password}@127.0.0.1:${port}/postgres`, stop };
}

/** PostgreSQL refuses to run as root: then a user namespace, or else the user that its package made. */
async function chooseRunner(bin) {
  if (process.getuid === undefined || process.getuid() !== 0) return { prefix: [] };
  const prefix = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'];
  const probe = await runTool(prefix[0], [...prefix.slice(1), path.join(bin, 'postgres'), '--version']);
  if (probe.code === 0) return { prefix };
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres' || name === 'nobody');
  if (entry === undefined) throw new SetupError('The test database needs a user other than root to run as.');
  return { prefix: [], uid: Number(entry[2]), gid: Number(entry[3]) };
}

async function isListening(port, ended) {
  let running = true;
  void ended.then(() => (running = false));
  const deadline = Date.now() + START_LIMIT_MS;
  while (running && Date.now() < deadline) {
    if (await canConnect(port)) return true;
    await pause(50);
  }
  return false;
}

function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });
}

function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
