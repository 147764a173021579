import { NoSuchKey, type ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import { AppError } from '../../../../../platform/errors/app-error.js';
import { BlobMissingError } from '../../blob-store.port.js';
import { storageFull, storageUnavailable, translateDiskFull } from '../../storage-faults.js';

/** @throws AppError storage_unavailable, storage_full; BlobMissingError */
export async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translate(error);
  }
}

/** What the store says goes into the log only: it may name hosts and buckets. */
export function translate(error: unknown): unknown {
  if (error instanceof AppError || error instanceof BlobMissingError) return error;
  if (error instanceof NoSuchKey) return new BlobMissingError({ cause: error });
  const translated = translateDiskFull(error);
  if (translated !== error) return translated;
  const { name } = error as Error;
  if (/QuotaExceeded|StorageFull|EntityTooLarge|InsufficientStorage/i.test(name)) return storageFull(error);
  return storageUnavailable(error);
}

/** Some stores call a bucket in which nothing was ever uploaded in parts an upload that does not exist. */
export async function orNoUploads(
  answer: Promise<ListMultipartUploadsCommandOutput>,
): Promise<
  Pick<ListMultipartUploadsCommandOutput, 'Uploads' | 'IsTruncated' | 'NextKeyMarker' | 'NextUploadIdMarker'>
> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name === 'NoSuchUpload') return {};
    throw translate(error);
  }
}
