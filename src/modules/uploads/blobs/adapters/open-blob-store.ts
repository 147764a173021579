import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { AppConfig } from '../../../../platform/config/app-config.js';
import type { Clock } from '../../../../platform/runtime/clock.js';
import type { IdGenerator } from '../../../../platform/runtime/id-generator.js';
import type { BlobStore } from '../blob-store.port.js';
import { FilesystemBlobStore } from './filesystem.blob-store.js';
import { S3BlobStore } from './s3.blob-store.js';

const CONNECT_TIMEOUT_MS = 5000;
const SILENCE_TIMEOUT_MS = 30_000;

/** The store that the settings name. It need not answer yet: the probe of readiness tells when it does not. */
export async function openBlobStore(
  { dataDir, blobs, uploads }: AppConfig,
  ids: IdGenerator,
  clock: Clock,
): Promise<BlobStore> {
  const local = {
    folder: join(dataDir, 'local-copies'),
    minFreeBytes: uploads.minFreeBytes,
    silenceMs: SILENCE_TIMEOUT_MS,
  };
  const store =
    blobs.s3 === null
      ? new FilesystemBlobStore(join(dataDir, 'blobs'), ids)
      : new S3BlobStore(createClient(blobs.s3), blobs.s3, local, ids, clock);
  await store.prepare();
  return store;
}

function createClient(settings: NonNullable<AppConfig['blobs']['s3']>): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle } = settings;
  return new S3Client({
    region,
    forcePathStyle,
    ...(endpoint === null ? {} : { endpoint }),
    // Without keys those of the machine's role are taken.
    ...(accessKeyId === null || secretAccessKey === null
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
    // Older and other stores than Amazon's know no checksums behind the body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_TIMEOUT_MS },
  });
}
