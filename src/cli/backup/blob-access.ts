import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { RuntimeModule } from '../../platform/runtime/runtime.module.js';
import { BLOB_STORE, type BlobStore } from '../../modules/uploads/blobs/blob-store.port.js';
import { BlobsModule } from '../../modules/uploads/blobs/blobs.module.js';

@Module({})
class BlobAccessModule {
  static register(config: AppConfig): DynamicModule {
    return {
      module: BlobAccessModule,
      global: true,
      imports: [RuntimeModule, BlobsModule],
      providers: [{ provide: APP_CONFIG, useValue: config }],
      exports: [APP_CONFIG],
    };
  }
}

/** The store of the service that has these settings, without the service. */
export async function openBlobs(config: AppConfig): Promise<BlobStore> {
  const context = await NestFactory.createApplicationContext(BlobAccessModule.register(config), {
    logger: false,
    abortOnError: false,
  });
  return context.get<BlobStore>(BLOB_STORE, { strict: false });
}
