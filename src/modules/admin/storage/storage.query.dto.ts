import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayUnique, IsIn, IsUUID } from 'class-validator';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import { IsPageSize } from '../../../platform/http/page.query.dto.js';
import { toList } from '../../../platform/http/to-list.js';
import type { InventoryRequest } from '../../uploads/figures/inventory.view.js';
import { UPLOAD_STATUSES, type UploadStatus } from '../../uploads/sessions/upload-session.view.js';

export class ListAdministeredMediaQueryDto {
  @IsPageSize()
  limit = 100;

  @ApiPropertyOptional({ format: 'uuid', description: 'The `next_cursor` of the page before' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be one that a page gave' })
  cursor?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Whose they are' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be an id' })
  user_id?: string;
}

export class ListAdministeredUploadsQueryDto extends ListAdministeredMediaQueryDto {
  @ApiPropertyOptional({ enum: UPLOAD_STATUSES, isArray: true, description: 'One or, repeated, several' })
  @MayBeAbsent()
  @Transform(toList)
  @ArrayUnique({ message: 'must not name anything twice' })
  @IsIn(UPLOAD_STATUSES, { each: true, message: 'must be names of statuses' })
  status?: UploadStatus[];
}

export function toMediaRequest(query: ListAdministeredMediaQueryDto): InventoryRequest {
  const { limit, cursor, user_id: ownerId } = query;
  return { limit, cursor, ownerId };
}

export function toUploadsRequest(query: ListAdministeredUploadsQueryDto): InventoryRequest {
  return { ...toMediaRequest(query), statuses: query.status };
}
