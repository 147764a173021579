import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CRUISE_LIMIT_MS = 60_000;

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

/** Where a rule would be broken: a file, what it imports, and the rule that must name it. */
const PLANTS: readonly (readonly [rule: string, file: string, specifier: string])[] = [
  ['room-auth', 'src/modules/auth/plant.service.ts', '../jobs/jobs.service.js'],
  ['room-jobs', 'src/modules/jobs/plant.service.ts', '../uploads/ingest/ingest.service.js'],
  ['room-uploads', 'src/modules/uploads/plant.service.ts', '../jobs/jobs.service.js'],
  ['room-transcription', 'src/modules/transcription/plant.service.ts', '../health/health.module.js'],
  ['room-admin', 'src/modules/admin/plant.service.ts', '../health/health.module.js'],
  ['room-health', 'src/modules/health/plant.service.ts', '../admin/plant.service.js'],
  ['platform-errors', 'src/platform/errors/plant.ts', '../config/settings.js'],
  ['platform-config', 'src/platform/config/plant.ts', '../logging/request-id.js'],
  ['platform-runtime', 'src/platform/runtime/plant.ts', '../metrics/metrics.module.js'],
  ['platform-logging', 'src/platform/logging/plant.ts', '../http/problem.js'],
  ['platform-health', 'src/platform/health/plant.ts', '../database/unit-of-work.js'],
  ['platform-openapi', 'src/platform/openapi/plant.ts', '../metrics/metrics.module.js'],
  ['platform-database', 'src/platform/database/plant.ts', '../http/problem.js'],
  ['platform-media', 'src/platform/media/plant.ts', '../http/problem.js'],
  ['platform-net', 'src/platform/net/plant.ts', '../http/problem.js'],
  ['platform-http', 'src/platform/http/plant.ts', '../openapi/openapi.js'],
  ['platform-knows-no-module', 'src/platform/openapi/plant.ts', '../../modules/jobs/jobs.module.js'],
  ['door', 'src/modules/transcription/plant.ts', '../jobs/job.entity.js'],
  ['health-reads-indicators', 'src/modules/health/plant.ts', '../jobs/jobs.service.js'],
  ['adapters', 'src/modules/uploads/plant.ts', './adapters/filesystem.blob-store.js'],
  ['http-free', 'src/modules/jobs/plant.service.ts', './dto/job.response.dto.js'],
  ['http-free', 'src/modules/jobs/plant.repository.ts', 'express'],
  ['decoder-apart', 'src/modules/uploads/plant.ts', '../../platform/media/pcm-source.js'],
  ['engine-alone', 'libs/whisper-engine/src/plant.ts', '../../../src/platform/errors/app-error.js'],
  ['engine-door', 'src/modules/transcription/worker/plant.ts', '@whisper-transcriber/engine'],
  ['engine-speakers-light', 'libs/whisper-engine/src/speakers.ts', './diarize/speaker-diarizer.js'],
  ['engine-models-light', 'libs/whisper-engine/src/models.ts', './model/open-model.js'],
  ['sdk-alone', 'libs/client-sdk/src/plant.ts', '../../../src/platform/errors/app-error.js'],
  ['sdk-in-browsers', 'libs/client-sdk/src/plant.ts', './cli/exit-codes.js'],
  ['sdk-without-node', 'libs/client-sdk/src/plant.ts', 'node:path'],
  ['web-knows-the-sdk', 'web/src/plant.ts', '../../src/platform/errors/error-codes.js'],
  ['no-barrels', 'src/modules/jobs/plant.ts', './index.js'],
  ['no-cycles', 'src/modules/jobs/circular-plant.ts', './other-plant.js'],
  ['tests-are-leaves', 'src/modules/jobs/plant.ts', '../../../test/support/wait-for.js'],
  ['declared-packages', 'src/modules/jobs/plant.ts', 'body-parser'],
  ['no-dev-packages', 'src/modules/jobs/plant.ts', 'playwright-core'],
  ['resolvable', 'src/modules/jobs/plant.ts', './no-such-file.js'],
  ['no-orphans', 'src/modules/jobs/plant.ts', ''],
];

describe('the dependency rules', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'rules-'));
    for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'])
      cpSync(path.join(ROOT, name), path.join(copy, name));
    for (const name of ['src', 'test/support', 'libs/whisper-engine/src', 'libs/client-sdk/src', 'web/src']) {
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
    for (const name of ['libs/whisper-engine', 'libs/client-sdk', 'web']) {
      cpSync(path.join(ROOT, name, 'package.json'), path.join(copy, name, 'package.json'));
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  });

  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  function cruise(): Violation[] {
    const program = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    // The packages are a link into the checkout; followed, they would lie outside of the copy.
    const folders = ['src', 'libs', 'web/src', '--preserve-symlinks'];
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [program, ...folders, '--config', '.dependency-cruiser.mjs', '--output-type', 'json'],
      {
        cwd: copy,
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      },
    );
    if (stdout === '') throw new Error(stderr);
    const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
    return summary.violations;
  }

  function plant(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), text);
  }

  it(
    'find nothing in the code as it is',
    () => {
      expect(cruise()).toEqual([]);
    },
    CRUISE_LIMIT_MS,
  );

  it(
    'name each violation that is planted',
    () => {
      const planted = new Map<string, string[]>();
      for (const [, file, specifier] of PLANTS) planted.set(file, [...(planted.get(file) ?? []), specifier]);
      for (const [file, specifiers] of planted) {
        plant(
          file,
          specifiers
            .filter(Boolean)
            .map((specifier) => `import '${specifier}';\n`)
            .join(''),
        );
      }
      plant('src/modules/jobs/index.ts', '');
      plant('src/modules/jobs/other-plant.ts', `import './circular-plant.js';\n`);
      plant('src/modules/jobs/lonely-plant.ts', 'export const lonely = true;\n');

      const found = cruise().map(({ rule, from }) => `${rule.name} ${from}`);

      const expected = PLANTS.map(
        ([rule, file]) => `${rule} ${rule === 'no-orphans' ? 'src/modules/jobs/lonely-plant.ts' : file}`,
      );
      expect(expected.filter((violation) => !found.includes(violation))).toEqual([]);
    },
    CRUISE_LIMIT_MS,
  );
});
