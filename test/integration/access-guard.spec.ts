import { spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, Global, Module } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '@whisper-transcriber/client-sdk';
import { ENTITIES } from '../../src/foundation.js';
import { AuthHttpModule } from '../../src/modules/auth/auth.http.module.js';
import { CurrentPrincipal } from '../../src/modules/auth/access/current-principal.decorator.js';
import type { Principal } from '../../src/modules/auth/access/principal.view.js';
import { RequiresScope } from '../../src/modules/auth/access/access.decorator.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { APP_CONFIG, loadAppConfig } from '../../src/platform/config/app-config.js';
import type { Environment } from '../../src/platform/config/setting.js';
import { OpenToAll } from '../../src/platform/http/open-to-all.decorator.js';
import { RateLimitModule } from '../../src/platform/rate-limit/rate-limit.module.js';
import { RuntimeModule } from '../../src/platform/runtime/runtime.module.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { ProblemFilter } from '../../src/platform/http/problem.filter.js';
import { sampleKey } from '../support/sample-key.js';

const SECRETS = {
  SECRET_KEY: sampleKey('SECRET_KEY'),
  JWT_SECRET_KEY: sampleKey('JWT_SECRET_KEY'),
  ADMIN_BOOTSTRAP_PASSWORD: 'Zq7-only-for-once',
  DATABASE_URL: 'embedded',
  QUEUE_DRIVER: 'embedded',
};

@Controller()
class RoutesController {
  @Get('undeclared')
  undeclared(): string {
    return 'reached';
  }

  @Get('mine')
  @RequiresScope('read')
  mine(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('open')
  @OpenToAll()
  open(): string {
    return 'reached';
  }
}

let database: TestDatabase;

beforeAll(async () => {
  database = await openOnServer();
  await migrateUnderLock(database.url);
}, 60_000);

afterAll(async () => {
  await database.close();
});

async function openApp(environment: Environment): Promise<NestExpressApplication> {
  @Global()
  @Module({
    providers: [{ provide: APP_CONFIG, useValue: loadAppConfig({ ...SECRETS, ...environment }, false) }],
    exports: [APP_CONFIG],
  })
  class ConfigModule {}

  @Module({
    imports: [
      ConfigModule,
      RuntimeModule,
      RateLimitModule,
      DatabaseModule.forRoot(database.url, ENTITIES),
      AuthHttpModule,
    ],
    controllers: [RoutesController],
    providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
  })
  class TestModule {}

  const app = await NestFactory.create<NestExpressApplication>(TestModule, { abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** Runs a script in a process of its own: the service has to answer meanwhile. */
async function asked(url: string, script: string, options: SpawnOptionsWithoutStdio): Promise<string> {
  const child = spawn(process.execPath, ['-e', script, `${url}/mine`], options);
  return text(child.stdout);
}

describe('the access guard', () => {
  let app: NestExpressApplication | undefined;

  afterEach(async () => {
    await app?.close();
  });

  async function ask(environment: Environment, path: string, headers = {}): Promise<Response> {
    app = await openApp(environment);
    return fetch(`${await app.getUrl()}${path}`, { headers });
  }

  it.each([{}, { ANONYMOUS_LOCAL: 'false' }])(
    'closes a route that declares no access (with %j)',
    async (environment) => {
      const response = await ask(environment, '/undeclared');

      expect([401, 403]).toContain(response.status);
      expect(await response.text()).not.toContain('reached');
    },
  );

  it('takes who asks from this machine without credentials for its user', async () => {
    const response = await ask({}, '/mine');

    expect(await response.json()).toMatchObject({ role: 'admin', how: 'local' });
  });

  it.each([
    ['ANONYMOUS_LOCAL is off', { ANONYMOUS_LOCAL: 'false' }, {}],
    ['the service runs in production', { NODE_ENV: 'production' }, {}],
    ['a proxy publishes the service', { PUBLIC_URL: 'https://speech.example' }, {}],
    ['credentials came that nobody knows', {}, { authorization: 'Bearer wrong' }],
    ['a key came that nobody knows', {}, { 'x-api-key': 'wrong' }],
    ['the authorization is empty', {}, { authorization: '' }],
  ])('takes nobody for that user when %s', async (_when, environment, headers) => {
    const response = await ask(environment, '/mine', headers);

    expect([response.status, ((await response.json()) as Problem).code]).toEqual([401, 'unauthenticated']);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each([
    ['x-forwarded-for', '192.0.2.1'],
    ['x-forwarded-host', 'speech.example'],
    ['x-forwarded-proto', 'https'],
    ['forwarded', 'for=192.0.2.1'],
    ['via', '1.1 proxy'],
    ['x-real-ip', '127.0.0.1'],
    ['cf-connecting-ip', '192.0.2.1'],
    ['true-client-ip', '192.0.2.1'],
  ])(
    'takes nobody who comes through a proxy, as %s tells, for that user, and says why',
    async (name, value) => {
      for (const environment of [{}, { ANONYMOUS_LOCAL: 'true' }]) {
        const response = await ask(environment, '/mine', { [name]: value });
        expect(response.status).toBe(401);
        expect(((await response.json()) as Problem).detail).toContain('came through a proxy');
        await app?.close();
      }
    },
  );

  it('takes no other user of this machine for that user, as a proxy is one', async () => {
    app = await openApp({});
    const ask = `fetch(process.argv[1]).then(async (r) => console.log(r.status, (await r.json()).detail))`;
    const url = await app.getUrl();
    // Only root may make a process of somebody else.
    const others = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534, cwd: '/' } : null;
    const answers = await Promise.all([
      asked(url, ask, {}),
      others === null ? null : asked(url, ask, others),
    ]);

    expect(answers[0]).toMatch(/^200 /);
    if (others !== null) expect(answers[1]).toMatch(/^401 .*another user of this machine/);
  });

  it('has no such user behind a proxy that is trusted', async () => {
    expect((await ask({ TRUST_PROXY: 'loopback' }, '/mine')).status).toBe(401);
  });

  it('takes nobody for that user behind a proxy that adds no field but speaks HTTP/1.0, as older ones do', async () => {
    app = await openApp({});
    const { port } = new URL(await app.getUrl());
    const socket = connect(Number(port), '127.0.0.1').end(
      `GET /mine HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    );

    expect(await text(socket)).toMatch(/^HTTP\/1.1 401 [^]*came through a proxy/);
  });

  it('asks nobody at a route that is open to all', async () => {
    expect((await ask({ ANONYMOUS_LOCAL: 'false' }, '/open')).status).toBe(200);
  });
});
