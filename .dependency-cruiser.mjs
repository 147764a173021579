// The map of the house as rules; test/architecture plants a violation of each and expects it to be named.

/** What each room may import besides itself and the platform. */
const ROOMS = {
  auth: [],
  uploads: ['auth'],
  jobs: ['auth'],
  transcription: ['jobs', 'uploads', 'auth'],
  admin: ['transcription', 'jobs', 'uploads', 'auth'],
  health: ['transcription', 'jobs', 'uploads', 'auth'],
};

/** Platform rooms from left to right; one may import those of the groups before its own. */
const PLATFORM = [
  ['errors', 'tracing'],
  ['config', 'runtime'],
  ['logging', 'health'],
  ['database', 'media', 'net', 'redis'],
  ['http', 'rate-limit', 'settings'],
  ['openapi'],
  ['metrics'],
];

/** Files that other rooms may import. */
const DOOR =
  '[.](module|service|port|guard|decorator|policy|registry|indicator|view|presenter|response[.]dto)[.]ts$';

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const rooms = Object.entries(ROOMS).map(([room, allowed]) =>
  error(
    `room-${room}`,
    `${room} may import ${allowed.join(', ') || 'no other room'}`,
    { path: `^src/modules/${room}/` },
    { path: '^src/modules/', pathNot: `^src/modules/(${[room, ...allowed].join('|')})/` },
  ),
);

const platform = PLATFORM.flatMap((group, rank) => {
  const allowed = PLATFORM.slice(0, rank).flat();
  return group.map((room) =>
    error(
      `platform-${room}`,
      `platform/${room} may import ${allowed.join(', ') || 'nothing of ours'}`,
      { path: `^src/platform/${room}/` },
      { path: '^src/platform/', pathNot: `^src/platform/(${[room, ...allowed].join('|')})/` },
    ),
  );
});

export default {
  forbidden: [
    ...rooms,
    ...platform,
    error(
      'platform-knows-no-module',
      'The platform serves the modules',
      { path: '^src/platform/' },
      { path: '^src/(modules/|[^/]+[.]ts$)' },
    ),
    error(
      'door',
      'Rooms are entered by their doors',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/', pathNot: `^src/modules/$1/|${DOOR}` },
    ),
    error(
      'health-reads-indicators',
      'Health imports modules, indicators and decorators only',
      { path: '^src/modules/health/' },
      { path: '^src/modules/(?!health/)', pathNot: '[.](module|indicator|decorator)[.]ts$' },
    ),
    error(
      'adapters',
      'Only the module of a room names its adapters',
      { path: '^src/', pathNot: '[.](module|spec)[.]ts$|/adapters/' },
      { path: '/adapters/' },
    ),
    error(
      'http-free',
      'Decisions and rows know nothing of HTTP',
      { path: '^src/.*[.](service|repository|entity|port|machine|runner)[.]ts$' },
      { path: '[.](dto|controller|presenter)[.]ts$|^node_modules/(express|@nestjs/swagger|@types/express)/' },
    ),
    error(
      'decoder-apart',
      'Only processes that meet one file load the decoder',
      { path: '^src/(?!platform/media/)' },
      { path: '^src/platform/media/(media-input|audio-decoder)[.]ts$', reachable: true },
    ),
    error(
      'engine-alone',
      'The engine library is usable without the service',
      { path: '^libs/whisper-engine/src/' },
      { path: '^(src|web|test)/|^node_modules/(@nestjs|@mikro-orm)/' },
    ),
    error(
      'engine-door',
      'Only the engine child loads the engine',
      { path: '^src/', pathNot: '^src/modules/transcription/engine/' },
      { path: '^libs/whisper-engine/|^node_modules/@whisper-transcriber/engine' },
    ),
    error(
      'engine-speakers-light',
      'Whoever says whose words are whose holds no runtime for inference',
      { path: '^libs/whisper-engine/src/speakers[.]ts$' },
      {
        path: '^libs/',
        pathNot:
          '/(errors|diarize/(assign-speakers|turn-finder|diarization|diarization-checkpoint|heard-piece|embedding))[.]ts$',
        reachable: true,
      },
    ),
    error(
      'engine-models-light',
      'Whoever looks after models holds no runtime for inference',
      { path: '^libs/whisper-engine/src/models[.]ts$' },
      {
        path: '^libs/',
        pathNot:
          '/(errors|audio/(sample-rate|window-size)|model/(model-folder|hub-files|json-file|generation-config|checksums|memory-need|memory-limit))[.]ts$',
        reachable: true,
      },
    ),
    error(
      'sdk-alone',
      'The SDK is made from the OpenAPI document',
      { path: '^libs/client-sdk/' },
      { path: '^(src|web|test)/|^libs/(?!client-sdk/)' },
    ),
    error(
      'sdk-in-browsers',
      'Only the command line of the SDK needs Node',
      { path: '^libs/client-sdk/src/(?!cli/)' },
      { path: '^libs/client-sdk/src/cli/' },
    ),
    error(
      'sdk-without-node',
      'Only the command line of the SDK needs Node',
      { path: '^libs/client-sdk/src/(?!cli/)' },
      { dependencyTypes: ['core'] },
    ),
    error(
      'web-knows-the-sdk',
      'The web app talks to the API through the SDK',
      { path: '^web/src/' },
      { path: '^(src|test)/|^libs/(?!client-sdk/)' },
    ),
    error(
      'no-barrels',
      'An index file inside src hides cycles and loads everything',
      {},
      { path: '^src/.*index[.]ts$' },
    ),
    error('no-cycles', 'Whatever goes round cannot be understood from one end', {}, { circular: true }),
    error(
      'tests-are-leaves',
      'Nothing that ships imports tests',
      { path: '^(src|libs/[^/]+/src|web/src)/', pathNot: '[.]spec[.]ts$' },
      { path: '^(test|libs/[^/]+/test)/|[.]spec[.]ts$' },
    ),
    error(
      'declared-packages',
      'Every package is in package.json',
      { path: '^(src|libs|web/src)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    error(
      'no-dev-packages',
      'What ships runs without development packages',
      { path: '^(src|libs/[^/]+/src)/', pathNot: '[.]spec[.]ts$' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    error('resolvable', 'Every import leads somewhere', {}, { couldNotResolve: true }),
    error(
      'no-orphans',
      'A file that nobody imports is dead or a program of its own',
      {
        orphan: true,
        path: '^(src|libs/[^/]+/src)/',
        pathNot: '^src/main([.](worker|check))?[.]ts$|[.](child|emit|spec)[.]ts$|^libs/[^/]+/src/index[.]ts$',
      },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^libs/whisper-engine/types/|^libs/client-sdk/src/generated/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
  },
};
