import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const COMMITTED = path.join(ROOT, 'docs/api/openapi.json');
/** The generator with its own settings, but into the folder that is named. */
const GENERATE = `
  import { createClient } from '@hey-api/openapi-ts';
  import config from './libs/client-sdk/openapi-ts.config.mjs';
  await createClient({ ...config, output: { ...config.output, path: process.argv[1] } });
`;
const LIMIT_MS = 60_000;
const VERB_OR_DTO =
  /^(Begin|Cancel|Change|Create|Delete|Edit|Export|Set|SignIn|Update|UploadBy)(?![a-z])|Dto$/;

interface DocumentedResponse {
  readonly description?: string;
  readonly content?: object;
  readonly headers?: object;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface Document {
  readonly openapi: string;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted();
}

const document = JSON.parse(readFileSync(COMMITTED, 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${route}`, operation })),
);

describe('the OpenAPI document', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'));

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it(
    'is committed as the service serves it, and the client is generated from it (npm run openapi writes both)',
    () => {
      const emitted = path.join(folder, 'openapi.json');
      execFileSync(process.execPath, [path.join(ROOT, 'dist/openapi.emit.js'), emitted], { env: {} });
      expect(JSON.parse(readFileSync(emitted, 'utf8'))).toEqual(document);

      const committed = path.join(ROOT, 'libs/client-sdk/src/generated');
      const generated = path.join(folder, 'generated');
      execFileSync(process.execPath, ['--input-type=module', '-e', GENERATE, generated], {
        cwd: ROOT,
        stdio: 'pipe',
      });
      expect(filesOf(generated)).toEqual(filesOf(committed));
      for (const name of filesOf(generated)) {
        expect(readFileSync(path.join(generated, name), 'utf8')).toBe(
          readFileSync(path.join(committed, name), 'utf8'),
        );
      }
    },
    LIMIT_MS,
  );

  it('is of version 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('calls its schemas by nouns, since programs have them as types', () => {
    const names = Object.keys(document.components.schemas);

    expect(names.filter((name) => VERB_OR_DTO.test(name))).toEqual([]);
  });

  it('names each operation once, so that clients can be generated from it', () => {
    const ids = operations.map(({ operation }) => operation.operationId);

    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells of the limit of requests, and of the fields that say what is left, wherever there is one', () => {
    const unlimited = [
      'getHealth',
      'getLiveness',
      'getLivez',
      'getMetrics',
      'getReadiness',
      'getReadyz',
      'getStartup',
      'getStartupz',
      'getVersion',
    ];
    const limited = operations.filter(({ operation }) => operation.responses['429'] !== undefined);
    const others = operations.filter((operation) => !limited.includes(operation));

    expect(others.map(({ operation }) => operation.operationId).toSorted()).toEqual(unlimited);
    for (const { name, operation } of limited) {
      expect([name, operation.responses['429']?.description]).toEqual([
        name,
        expect.stringContaining(name.includes(' /v1/') ? '`rate_limit_exceeded`' : '`rate_limited`'),
      ]);
      for (const { headers = {} } of Object.values(operation.responses))
        expect([name, Object.keys(headers)]).toEqual([
          name,
          expect.arrayContaining(['RateLimit', 'RateLimit-Policy']),
        ]);
    }
  });

  it.each(operations)('$name says what it does and what it answers', ({ name, operation }) => {
    expect(operation.summary).toBeTruthy();
    const success = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
    expect(success.length).toBeGreaterThan(0);
    for (const [status, response] of success) {
      // The answers of tus are headers.
      const isBare = status === '204' || name.includes(' /uploads/tus');
      expect(response.content !== undefined).toBe(!isBare);
    }
  });
});
