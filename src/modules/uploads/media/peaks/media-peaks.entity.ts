import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** How loud a recording is. */
@Entity({ tableName: 'media_peaks' })
export class MediaPeaks {
  @PrimaryKey({ type: 'uuid' })
  mediaFileId!: string;

  /** Of the same length for each stretch of the recording; see `PeakCollector`. */
  @Property({ type: 'blob' })
  peaks!: Uint8Array;
}
