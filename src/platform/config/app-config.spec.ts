import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PRODUCTION } from '../../../test/support/production.js';
import { StartupError } from '../errors/startup-error.js';
import { loadAppConfig } from './app-config.js';
import type { Environment } from './setting.js';

function problemsOf(environment: Environment): string {
  try {
    loadAppConfig(environment, false);
  } catch (error) {
    if (error instanceof StartupError) return error.message;
    throw error;
  }
  return '';
}

describe('loadAppConfig', () => {
  it('takes the documented defaults when nothing is set', () => {
    expect(loadAppConfig({}, false)).toMatchObject({
      production: false,
      http: { host: '127.0.0.1', port: 8001, publicUrl: null, corsOrigins: [] },
      database: { url: null },
      uploads: { maxBytes: 104_857_600 },
      models: {
        dir: resolve('data/models'),
        preferred: 'small',
        hub: { url: 'https://huggingface.co', token: null, offline: false, revision: 'main' },
      },
      worker: { embedded: true },
      logging: { level: 'info', format: 'json' },
    });
  });

  it('lists all problems in one message', () => {
    const message = problemsOf({
      PORT: '99999',
      MAX_UPLOAD_MB: 'many',
      WORKER_EMBEDDED: 'yes',
      LOG_LEVEL: 'loud',
    });

    expect(message.split('\n')).toEqual([
      'The configuration has 4 problems:',
      '  PORT=99999 must be a whole number from 0 to 65535',
      '  MAX_UPLOAD_MB=many must be a whole number from 1 to 1000000',
      '  WORKER_EMBEDDED=yes must be true or false',
      '  LOG_LEVEL=loud must be one of fatal, error, warn, info, debug, trace',
    ]);
  });

  it('reads an empty variable as one that is not set', () => {
    expect(loadAppConfig({ PORT: '', DATABASE_URL: ' ' }, false)).toMatchObject({
      http: { port: 8001 },
      database: { url: null },
    });
  });

  it('takes the variables of OpenTelemetry as its specification writes them, but for what it cannot do', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';
    const tracingOf = (env: Readonly<Record<string, string>>): unknown =>
      loadAppConfig({ OTEL_EXPORTER_OTLP_ENDPOINT, ...env }, false).tracing;

    expect(tracingOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })).not.toBeNull();
    expect(tracingOf({ OTEL_SDK_DISABLED: 'TRUE' })).toBeNull();
    expect(problemsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toContain(
      'must be one of http/json, http/protobuf',
    );
  });

  it.each(['1e3', '-1', '80.5', '0x50', '8001 '.repeat(3)])('does not take %p for a port', (PORT) => {
    expect(problemsOf({ PORT })).toContain('PORT=');
  });

  it.each([
    ['postgres://u:p@db/name', 'postgresql://u:p@db/name'],
    ['postgresql+psycopg://u:p@db:5432/name', 'postgresql://u:p@db:5432/name'],
    ['embedded', null],
  ])('understands the database address %s', (DATABASE_URL, url) => {
    expect(loadAppConfig({ DATABASE_URL }, false).database.url).toBe(url);
  });

  it('takes the key in use and another one, and no third', () => {
    const [one, two] = [PRODUCTION.SECRET_KEY, PRODUCTION.JWT_SECRET_KEY];

    expect(loadAppConfig({ SECRET_KEY: `${one}, ${two}` }, false).auth.secretKeys).toEqual([one, two]);
    expect(problemsOf({ SECRET_KEY: 'a,b,c' })).toContain('SECRET_KEY must be one key, or two: NEW,OLD');
  });

  it('refuses SQLite and names the replacement', () => {
    expect(problemsOf({ DATABASE_URL: 'sqlite:////app/data/app.db' })).toContain('DATABASE_URL=embedded');
  });

  it('puts models under the data folder unless they have a folder of their own', () => {
    expect(loadAppConfig({ DATA_DIR: '/srv/speech' }, false).models.dir).toBe(resolve('/srv/speech/models'));
    expect(loadAppConfig({ MODEL_DIR: '/srv/models' }, false).models.dir).toBe(resolve('/srv/models'));
  });

  it.each([
    ['https://hub.example/', 'https://hub.example'],
    ['http://127.0.0.1:8080/api/hf/repo/', 'http://127.0.0.1:8080/api/hf/repo'],
  ])('understands the hub address %s', (MODEL_HUB_URL, url) => {
    expect(loadAppConfig({ MODEL_HUB_URL }, false).models.hub.url).toBe(url);
  });

  it.each([
    { MODEL_HUB_URL: 'hub.example' },
    { MODEL_HUB_URL: 'ftp://hub.example' },
    { MODEL_HUB_URL: 'https://hub.example?a=b' },
    { MODEL_HUB_URL: 'https://user:hunter2@hub.example' },
    { MODEL_REVISION: '../main' },
    { MODEL_REVISION: 'a..b' },
    { MODEL_REVISION: 'two words' },
    { MODEL_HUB_OFFLINE: '1' },
    { MODEL_HUB_TOKEN: 'two words' },
  ])('refuses %j', (environment) => {
    expect(problemsOf(environment)).toContain(Object.keys(environment)[0]);
  });

  it('takes the origins of other sites one by one', () => {
    const CORS_ORIGINS = 'https://app.example.org, http://localhost:5173,http://[::1]:3000';

    expect(loadAppConfig({ CORS_ORIGINS }, false).http.corsOrigins).toEqual([
      'https://app.example.org',
      'http://localhost:5173',
      'http://[::1]:3000',
    ]);
  });

  it('names every origin that no browser would send, and how it is written', () => {
    const CORS_ORIGINS = [
      '*',
      'https://*.example.org',
      'https://app.example.org/',
      'https://app.example.org/path?query#fragment',
      'https://App.Example.org:443',
      'https://good.example.org',
      'app.example.org',
      'ftp://example.org',
      'null',
      '',
    ].join(',');

    expect(problemsOf({ CORS_ORIGINS, PORT: 'x' }).split('\n')).toEqual([
      'The configuration has 2 problems:',
      '  PORT=x must be a whole number from 0 to 65535',
      `  CORS_ORIGINS=${CORS_ORIGINS} must name each origin exactly: ${[
        '"*" would let sites in that nobody has named',
        '"https://*.example.org" would let sites in that nobody has named',
        '"https://app.example.org/" must be https://app.example.org',
        '"https://app.example.org/path?query#fragment" must be https://app.example.org',
        '"https://App.Example.org:443" must be https://app.example.org',
        '"app.example.org" is no http or https origin',
        '"ftp://example.org" is no http or https origin',
        '"null" is no http or https origin',
        '"" is no http or https origin',
      ].join('; ')}`,
    ]);
  });

  it.each(['main', 'v1.0', 'refs/pr/3', 'a'.repeat(40)])('takes the revision %s', (MODEL_REVISION) => {
    expect(loadAppConfig({ MODEL_REVISION }, false).models.hub.revision).toBe(MODEL_REVISION);
  });

  it.each([
    [{}, true],
    [{ ANONYMOUS_LOCAL: 'false' }, false],
    [PRODUCTION, false],
    [{ HOST: '0.0.0.0' }, false],
    [{ PUBLIC_URL: 'https://speech.example' }, false],
    [{ PUBLIC_URL: 'https://speech.example', ANONYMOUS_LOCAL: 'true' }, true],
  ])('with %j lets requests of this machine in without credentials: %s', (environment, anonymousLocal) => {
    expect(loadAppConfig(environment, false).auth.anonymousLocal).toBe(anonymousLocal);
  });

  it('refuses ANONYMOUS_LOCAL in production, along with the other problems', () => {
    const message = problemsOf({ NODE_ENV: 'production', ANONYMOUS_LOCAL: 'true', PORT: 'x' });

    expect(message).toContain('ANONYMOUS_LOCAL=true is not possible in production');
    expect(message).toContain('PORT=x');
  });

  it('never repeats a secret in a problem', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://root:hunter2@db/x' })).not.toContain('hunter2');
    expect(problemsOf({ MODEL_HUB_TOKEN: 'hunter 2' })).not.toContain('hunter');
    expect(problemsOf({ MODEL_HUB_URL: 'https://me:hunter2@hub.example' })).toMatch(/MODEL_HUB_TOKEN/);
    expect(problemsOf({ MODEL_HUB_URL: 'https://me:hunter2@hub.example' })).not.toContain('hunter2');
  });

  it.each(['0.0.0.0', '192.168.1.4', 'example.org', '1270.0.0.1'])(
    'listens on %s only where nobody is let in without credentials',
    (HOST) => {
      expect(problemsOf({ HOST, ANONYMOUS_LOCAL: 'true' })).toContain('loopback');
      expect(loadAppConfig({ HOST }, false).auth.anonymousLocal).toBe(false);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %s', (HOST) => {
    expect(loadAppConfig({ HOST }, false).http.host).toBe(HOST);
  });

  it('writes for people on a terminal, and JSON in production wherever it runs', () => {
    expect(loadAppConfig({}, true).logging.format).toBe('pretty');
    expect(loadAppConfig(PRODUCTION, true).logging.format).toBe('json');
    expect(loadAppConfig({ LOG_FORMAT: 'json' }, true).logging.format).toBe('json');
  });
});
