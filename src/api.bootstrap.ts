import { ApiModule } from './api.module.js';
import { serveWeb } from './platform/http/web-files.js';
import { serveOpenApi } from './platform/openapi/openapi.js';
import type { ProcessKind } from './process.bootstrap.js';

export const API_PROCESS: ProcessKind = {
  module: (surroundings) => ApiModule.register(surroundings),
  portSetting: 'PORT',
  configure: (app) => {
    serveWeb(app);
    serveOpenApi(app);
  },
};
