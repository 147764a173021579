import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export const CHART = path.resolve(import.meta.dirname, '../../deploy/helm/whisper-transcriber');
export const RELEASE = 'whisper';
export const NAMESPACE = 'transcription';
export const KUBERNETES_VERSIONS = ['1.30', '1.37'];
/** Of helm, for a hook, where a command says nothing else. */
const PATIENCE_MINUTES = 5;

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly Variable[];
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext: object;
  readonly resources: { readonly requests?: object; readonly limits?: object };
  readonly volumeMounts: readonly object[];
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly automountServiceAccountToken: boolean;
    readonly priorityClassName?: string;
    readonly securityContext: object;
    readonly containers: readonly Container[];
    readonly volumes: readonly object[];
  };
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  } & Readonly<Record<string, unknown>>;
}

/** A value for each of some keys of values.yaml; a chart is rendered with these in place of its defaults. */
export type Values = Readonly<Record<string, unknown>>;

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Of mode scaled, what it cannot be without. */
export const SCALED: Values = {
  mode: 'scaled',
  redis: { url: 'redis://redis:6379/0' },
  blobs: { driver: 's3', s3: { bucket: 'recordings' } },
};

export function runProgram(program: string, args: readonly string[], env = {}, input = ''): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    input,
  });
  return { status, output: status === 0 ? stdout : `${stdout}${stderr}` };
}

export function runHelm(args: readonly string[], input = ''): Outcome {
  return runProgram(process.env['HELM_PATH'] ?? 'helm', args, {}, input);
}

/** What the schemas of a version of Kubernetes find in a file of manifests. */
export function validate(file: string, version: string): Outcome {
  const args = ['-m', 'kubernetes_validate', '--strict', '--quiet', '--no-warn', '-k', version, file];
  return runProgram('python3', args, { PYTHONPATH: process.env['KUBERNETES_VALIDATE_PATH'] });
}

export function template(...args: string[]): Outcome {
  return runHelm(['template', RELEASE, CHART, '--namespace', NAMESPACE, ...args]);
}

/** What helm says with these values, in the words for who gets them wrong if it refuses them. */
export function tryValues(values: Values): Outcome {
  const args = ['template', RELEASE, CHART, '--namespace', NAMESPACE, '--values', '-'];
  return runHelm(args, JSON.stringify(values));
}

export function render(values: Values): Manifest[] {
  const { status, output } = tryValues(values);
  if (status !== 0) throw new Error(output);
  return manifestsIn(output);
}

export function manifestsIn(output: string): Manifest[] {
  return parseAllDocuments(output)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Of what makes pods, also of what makes them by the clock. */
export function podTemplatesIn(manifests: readonly Manifest[]): PodTemplate[] {
  return manifests.flatMap(({ spec }) => spec?.template ?? spec?.jobTemplate?.spec.template ?? []);
}

/** Seconds after which helm, called by these words, no longer waits for a job. */
export function patienceOf(words: readonly string[]): number {
  const [, minutes] = / --timeout (\d+)m(?: |$)/.exec(words.join(' ')) ?? [];
  return Number(minutes ?? PATIENCE_MINUTES) * 60;
}

/** Seconds that the job of the migrations may take. */
export function migrationSeconds(): number {
  return Number(pick(render(SCALED), 'Job').spec?.['activeDeadlineSeconds']);
}

/** The one of its kind, or of its kind and name. */
export function pick(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(
    (one) => one.kind === kind && (name ?? one.metadata.name) === one.metadata.name,
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${String(found.length)} of ${kind} ${name ?? ''}`);
  return found[0];
}
