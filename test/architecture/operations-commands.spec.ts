/** Those commands of docs/operations.md that need containers or a cluster, compared with what they are for. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { readCompose } from '../support/compose-file.js';
import { codeBlocksIn } from '../support/code-blocks.js';
import { migrationSeconds, patienceOf } from '../support/helm-chart.js';
import { checkedCommands, documentedBlocks, SHOWN } from '../support/operations-document.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RELEASE = 'whisper';
const NAMESPACE = 'transcription';

/** Of `docker compose`: the flags that each command has, and which of them are followed by a value. */
const COMPOSE_FLAGS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  up: { '--build': false, '--detach': false, '--scale': true },
  build: {},
  ps: {},
  logs: { '--since': true, '--tail': true },
};

const compose = readCompose({
  SECRET_KEY: 'a',
  JWT_SECRET_KEY: 'b',
  REDIS_PASSWORD: 'c',
  POSTGRES_PASSWORD: 'd',
  ADMIN_BOOTSTRAP_PASSWORD: 'e',
  GRAFANA_ADMIN_PASSWORD: 'f',
  S3_ACCESS_KEY_ID: 'g',
  S3_SECRET_ACCESS_KEY: 'h',
});
const services = Object.keys(compose.services);
const profiles = Object.values(compose.services).flatMap((service) => service.profiles ?? []);

function checkCompose(words: readonly string[]): void {
  const rest = [...words];
  if (rest[0] === '--profile') expect(profiles).toContain(rest.splice(0, 2)[1]);
  const command = rest.shift() ?? '';
  const flags = COMPOSE_FLAGS[command];
  if (flags === undefined) throw new Error(`docker compose ${command} is not known here`);
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (!word.startsWith('-')) expect(services).toContain(word);
    else if (flags[word] === true) {
      const value = rest.shift() ?? '';
      if (word === '--scale') expect(services).toContain(value.split('=')[0]);
    } else expect(Object.keys(flags)).toContain(word);
  }
}

function template(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.env['HELM_PATH'] ?? 'helm', ['template', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function checkHelm([command, release, ...rest]: readonly string[]): void {
  expect([release, rest.includes(NAMESPACE)]).toEqual([RELEASE, true]);
  if (command === 'rollback') expect(rest).toEqual(['--namespace', NAMESPACE]);
  else {
    expect(['install', 'upgrade']).toContain(command);
    // Alone it leaves out what a new version of the chart has defaults for.
    expect(rest).not.toContain('--reuse-values');
    // Else helm gives up on migrations that wait for a table.
    expect(patienceOf(rest)).toBeGreaterThan(migrationSeconds());
    // What the release has already is not there for a template.
    template([RELEASE, ...rest.filter((word) => word !== '--reset-then-reuse-values')]);
  }
}

function resources(): string[] {
  const chart = 'deploy/helm/whisper-transcriber';
  const text = ['single', 'scaled']
    .map((name) =>
      template([RELEASE, chart, '--namespace', NAMESPACE, '--values', `${chart}/ci/${name}.yaml`]),
    )
    .join('\n---\n');
  return parseAllDocuments(text)
    .map((document) => document.toJS() as { kind: string; metadata: { name: string } } | null)
    .flatMap((one) => (one === null ? [] : [`${one.kind.toLowerCase()}/${one.metadata.name}`]));
}

function checkKubectl(words: readonly string[]): void {
  expect(words.slice(0, 2)).toEqual(['--namespace', NAMESPACE]);
  expect(words.slice(2, words[2] === 'rollout' ? 4 : 3).join(' ')).toMatch(/^(rollout status|logs|scale)$/);
  const named = words.filter((word) => /^[a-z]+\/[a-z-]+$/.test(word));
  expect(named).toHaveLength(1);
  expect(resources()).toEqual(expect.arrayContaining(named));
  for (const word of words.slice(3).filter((one) => one.startsWith('--')))
    expect(word).toMatch(/^--(?:since|replicas)=\w+$/);
}

/** What a script prints goes into the shell: nothing but the variables that Compose takes for the image. */
function checkEval(words: readonly string[]): void {
  const [, script = ''] = /^"\$\((scripts\/[\w-]+\.sh)\)"$/.exec(words.join(' ')) ?? [];
  const { status, stdout } = spawnSync(path.join(ROOT, script), { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^(?:export BUILD_(?:VERSION|SHA|DATE)=[\w.:-]+\n){3}$/);
}

describe('a command of docs/operations.md for containers or a cluster', () => {
  it.each(checkedCommands.map((words) => [words.join(' '), words] as const))(
    'fits what is in this repository: %s',
    (_line, [program, ...words]) => {
      if (program === 'docker' && words[0] === 'compose') checkCompose(words.slice(1));
      else if (program === 'helm') checkHelm(words);
      else if (program === 'kubectl') checkKubectl(words);
      else if (program === 'eval') checkEval(words);
      else throw new Error(`${program ?? ''} is neither run nor checked`);
    },
  );
});

describe('the documents for operations', () => {
  it.each([...new Set(documentedBlocks.map(({ document }) => document))])(
    '%s has no code that is neither run, nor checked, nor there for another reason',
    (document) => {
      const others = documentedBlocks.filter((one) => one.document === document && one.language !== 'sh');

      expect(others.map(({ language }) => language)).toEqual(
        SHOWN.filter((one) => one.document === document).map(({ language }) => language),
      );
    },
  );

  it('have their code seen however it is marked: by fences, also in a list, or by indentation alone', () => {
    const text =
      '# One\n\n```sh\na\n    b\n```\n\n- in a list\n\n  ```js\n  c\n  ```\n\n## Two\n\n    d\n    e\n\ntext\n';

    expect(codeBlocksIn(text)).toEqual([
      { heading: 'One', language: 'sh', code: 'a\n    b\n' },
      { heading: 'One', language: 'js', code: 'c\n' },
      { heading: 'Two', language: '', code: 'd\ne\n' },
    ]);
  });
});
