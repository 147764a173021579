import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type {
  InventoriedMedia,
  InventoriedUpload,
  UserStorage,
} from '../../uploads/figures/inventory.view.js';
import {
  UPLOAD_DOORS,
  UPLOAD_STATUSES,
  type UploadDoor,
  type UploadStatus,
} from '../../uploads/sessions/upload-session.view.js';
import { OwnerDto, toOwnerDto } from '../dto/owner.response.dto.js';
import { StoredBytesDto, toStoredBytesDto } from '../dto/stored-bytes.response.dto.js';
import type { NamedPage, Names, StorageOverview } from './storage-administration.service.js';

@ApiSchema({ name: 'AdministeredUpload' })
class AdministeredUploadDto {
  @ApiProperty({ format: 'uuid' })
  session_id!: string;

  @ApiProperty({ type: OwnerDto })
  owner!: OwnerDto;

  @ApiProperty({ enum: UPLOAD_DOORS, description: 'How it comes' })
  kind!: UploadDoor;

  @ApiProperty({ enum: UPLOAD_STATUSES })
  status!: UploadStatus;

  @ApiProperty({ type: String, nullable: true, description: 'Why one that is assembling is no job yet' })
  waiting_for!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the error that it failed with' })
  code!: string | null;

  @ApiProperty({ type: 'integer' })
  received_bytes!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null while it is not known' })
  total_bytes!: number | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When something happened to it last' })
  updated_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;
}

@ApiSchema({ name: 'AdministeredMedia' })
class AdministeredMediaDto {
  @ApiProperty({ format: 'uuid' })
  media_id!: string;

  @ApiProperty({ type: OwnerDto })
  owner!: OwnerDto;

  @ApiProperty({ type: 'integer' })
  size_bytes!: number;

  @ApiProperty({ type: Number, nullable: true })
  duration_seconds!: number | null;

  @ApiProperty({ example: 'wav' })
  container!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;
}

class CursorPageDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null on the last page' })
  next_cursor!: string | null;
}

@ApiSchema({ name: 'AdministeredUploadList' })
export class AdministeredUploadListDto extends CursorPageDto {
  @ApiProperty({ type: [AdministeredUploadDto], description: 'Newest first' })
  uploads!: AdministeredUploadDto[];
}

@ApiSchema({ name: 'AdministeredMediaList' })
export class AdministeredMediaListDto extends CursorPageDto {
  @ApiProperty({ type: [AdministeredMediaDto], description: 'Newest first' })
  media!: AdministeredMediaDto[];
}

@ApiSchema({ name: 'UserStorage' })
class UserStorageDto {
  @ApiProperty({ type: OwnerDto })
  owner!: OwnerDto;

  @ApiProperty({ type: 'integer' })
  recordings!: number;

  @ApiProperty({ type: 'integer', description: 'The same bytes of several recordings count once' })
  recording_bytes!: number;

  @ApiProperty({ type: 'integer', description: 'Parts of uploads that are not finished' })
  unfinished_bytes!: number;
}

@ApiSchema({ name: 'StorageOverview' })
export class StorageOverviewDto {
  @ApiProperty({ type: StoredBytesDto })
  stored_bytes!: StoredBytesDto;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null where the store does not tell' })
  free_bytes!: number | null;

  @ApiProperty({ type: 'integer', description: 'Blobs that nothing names any more and that are still there' })
  awaiting_collection!: number;

  @ApiProperty({ type: [UserStorageDto], description: 'The 20 who take most, most first' })
  largest_users!: UserStorageDto[];
}

@ApiSchema({ name: 'CollectionStarted' })
export class CollectionStartedDto {
  @ApiProperty()
  message!: string;
}

export function toUploadListDto(page: NamedPage<InventoriedUpload>): AdministeredUploadListDto {
  return { uploads: page.items.map((item) => toUploadDto(item, page.names)), next_cursor: page.nextCursor };
}

export function toMediaListDto(page: NamedPage<InventoriedMedia>): AdministeredMediaListDto {
  return { media: page.items.map((item) => toMediaDto(item, page.names)), next_cursor: page.nextCursor };
}

export function toStorageOverviewDto(storage: StorageOverview): StorageOverviewDto {
  return {
    stored_bytes: toStoredBytesDto(storage.stored),
    free_bytes: storage.freeBytes,
    awaiting_collection: storage.awaitingCollection,
    largest_users: storage.largestUsers.map((user) => toUserStorageDto(user, storage.names)),
  };
}

function toUploadDto(upload: InventoriedUpload, names: Names): AdministeredUploadDto {
  return {
    session_id: upload.id,
    owner: toOwnerDto(upload.ownerId, names),
    kind: upload.door,
    status: upload.status,
    waiting_for: upload.waitingFor,
    code: upload.errorCode,
    received_bytes: upload.receivedBytes,
    total_bytes: upload.sizeBytes,
    created_at: upload.createdAt.toISOString(),
    updated_at: upload.updatedAt.toISOString(),
    expires_at: upload.expiresAt.toISOString(),
  };
}

function toMediaDto(media: InventoriedMedia, names: Names): AdministeredMediaDto {
  return {
    media_id: media.id,
    owner: toOwnerDto(media.ownerId, names),
    size_bytes: media.sizeBytes,
    duration_seconds: media.durationSeconds,
    container: media.container,
    created_at: media.createdAt.toISOString(),
  };
}

function toUserStorageDto(user: UserStorage, names: Names): UserStorageDto {
  return {
    owner: toOwnerDto(user.ownerId, names),
    recordings: user.recordings,
    recording_bytes: user.recordingBytes,
    unfinished_bytes: user.unfinishedBytes,
  };
}
