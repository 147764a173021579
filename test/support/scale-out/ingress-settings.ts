import { pick, render, SCALED } from '../helm-chart.js';

const PREFIX = 'nginx.ingress.kubernetes.io/';

/** What its controller calls otherwise than nginx does. */
const DIRECTIVES: Readonly<Record<string, string>> = { 'proxy-body-size': 'client_max_body_size' };

/** The settings that the chart gives to the proxy in front, as lines of an nginx configuration. */
export function ingressSettings(): string[] {
  const manifests = render({ ...SCALED, ingress: { enabled: true, host: 'transcription.example' } });
  const { annotations = {} } = pick(manifests, 'Ingress').metadata;
  const settings = Object.entries(annotations)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => directive(key.slice(PREFIX.length), value));
  if (settings.length === 0) throw new Error('The chart gives no settings to nginx any more');
  return settings;
}

function directive(name: string, value: string): string {
  const unit = name.endsWith('-timeout') ? 's' : '';
  return `${DIRECTIVES[name] ?? name.replaceAll('-', '_')} ${value}${unit};`;
}
