import { readdirSync, readFileSync } from 'node:fs';

// One transform and one module resolution for every project; what differs is where the tests lie and what they may start.

// The build leaves out spec files; here they are what it is about, so the settings go in without that.
const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
delete swc.$schema;
delete swc.exclude;

const base = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: '<rootDir>/test/support/node-environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  // CommonJS packages that require Nest (nestjs-prometheus) fail in jest's module registry unless Nest is loaded before them.
  setupFiles: ['<rootDir>/test/support/load-nest-first.ts'],
};

const project = (displayName, testMatch, more = {}) => ({
  ...base,
  displayName,
  testMatch: testMatch.map((m) => `<rootDir>/${m}`),
  // They have a project of their own.
  testPathIgnorePatterns: ['/node_modules/', '[.](slow|long)[.]spec[.]ts$'],
  ...more,
});

// What unit tests are for. All else is tested in processes of their own, of which coverage sees nothing.
const withTestBeside = ['src', 'libs/whisper-engine/src'].flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true })
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => `${folder}/${name.replace(/[.]spec[.]ts$/, '.ts')}`),
);

export default {
  // A net for hangs, and no measure of anything: the machine may be busy.
  testTimeout: 120_000,
  coverageProvider: 'v8',
  // The least; `npm test -- unit --coverage` fails below it.
  coverageThreshold: { global: { lines: 96, branches: 90 } },
  coverageReporters: ['text-summary', 'html'],
  collectCoverageFrom: withTestBeside,
  projects: [
    project('unit', [
      'src/**/*.spec.ts',
      'libs/*/src/**/*.spec.ts',
      'libs/*/test/unit/**/*.spec.ts',
      'web/src/**/*.spec.ts',
      'test/bench/**/*.spec.ts',
    ]),
    project('architecture', ['test/architecture/**/*.spec.ts']),
    project('integration', ['test/integration/**/*.spec.ts', 'libs/*/test/integration/**/*.spec.ts']),
    project('contract', ['test/contract/**/*.spec.ts']),
    project('e2e', ['test/e2e/**/*.spec.ts']),
    project('slow', ['test/**/*.slow.spec.ts', 'libs/*/test/**/*.slow.spec.ts'], {
      testPathIgnorePatterns: ['/node_modules/'],
    }),
    project('long', ['test/**/*.long.spec.ts', 'libs/*/test/**/*.long.spec.ts'], {
      testPathIgnorePatterns: ['/node_modules/'],
    }),
  ],
};
