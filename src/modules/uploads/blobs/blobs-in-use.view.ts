/** A blob that a row names. */
export interface BlobInUse {
  readonly key: string;
  /** As text, as the database gives large numbers. */
  readonly bytes: string;
  /** Hex; null where the process died that received it. */
  readonly sha256: string | null;
}

/** SQL for all blobs that rows name. Parts of uploads that are still on their way are none yet, and are sent again. */
export const BLOBS_IN_USE = `
  select blob_key as key, max(size_bytes)::text as bytes, max(sha256) as sha256 from (
    select blob_key, size_bytes, sha256 from media_files
    union all select blob_key, size_bytes, sha256 from upload_parts where size_bytes is not null
  ) named group by blob_key order by blob_key`;
