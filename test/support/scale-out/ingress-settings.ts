import { readFileSync } from 'node:fs';
import path from 'node:path';

const CHART = path.resolve(import.meta.dirname, '../../../deploy/helm/whisper-transcriber');
const ANNOTATION = /^ *nginx\.ingress\.kubernetes\.io\/([a-z-]+): (.+)$/gm;

/** What its controller calls otherwise than nginx does. */
const DIRECTIVES: Readonly<Record<string, string>> = { 'proxy-body-size': 'client_max_body_size' };

/** The settings that the chart gives to the proxy in front, as lines of an nginx configuration. */
export function ingressSettings(): string[] {
  const template = readFileSync(path.join(CHART, 'templates/ingress.yaml'), 'utf8');
  const values = readFileSync(path.join(CHART, 'values.yaml'), 'utf8');
  const [, maxBodySize = ''] = /^ {2}maxBodySize: (\S+)$/m.exec(values) ?? [];
  const settings = [...template.matchAll(ANNOTATION)].map(([, name = '', value = '']) => {
    const written = value === '{{ .maxBodySize | quote }}' ? maxBodySize : value.replaceAll("'", '');
    return `${DIRECTIVES[name] ?? name.replaceAll('-', '_')} ${withUnit(name, written)};`;
  });
  if (settings.length === 0) throw new Error('The chart gives no settings to nginx any more');
  return settings;
}

function withUnit(name: string, value: string): string {
  return name.endsWith('-timeout') ? `${value}s` : value;
}
