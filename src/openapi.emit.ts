import { writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import { ApiModule } from './api.module.js';
import { loadAppConfig } from './platform/config/app-config.js';
import { createRootLogger } from './platform/logging/root-logger.js';
import { buildOpenApiDocument } from './platform/openapi/openapi.js';

/** Writes the OpenAPI document to the file that is named, without a database and without listening. */
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the file to write');

const config = loadAppConfig({}, false);
const logger = createRootLogger(config.logging);
const app = await NestFactory.create(
  ApiModule.register({ config, databaseUrl: 'postgresql://unused/unused', logger }),
  {
    preview: true,
    abortOnError: false,
    logger: false,
  },
);
await writeFile(target, `${JSON.stringify(buildOpenApiDocument(app), null, 2)}\n`);
