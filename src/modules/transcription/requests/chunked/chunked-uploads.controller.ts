import { applyDecorators, Body, Controller, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../../platform/errors/error-codes.js';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { TakesPieces } from '../../../../platform/rate-limit/takes-pieces.decorator.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { CurrentPrincipal } from '../../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { UploadListingService } from '../../../uploads/sessions/upload-listing.service.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import {
  FORM_PROBLEMS,
  JOB_PROBLEMS,
  ORDER_PROBLEMS,
  ROOM_PROBLEMS,
  TRANSCRIPTION_PROBLEMS,
} from '../upload-problems.js';
import { toOrder } from '../dto/create-transcription.dto.js';
import { readChunk } from './chunk.reader.js';
import { ChunkedUploadsService } from './chunked-uploads.service.js';
import { BeginUploadDto, ChunkFormDto } from './dto/chunked-upload.request.dto.js';
import {
  BegunUploadDto,
  FinalizedUploadDto,
  StoredChunkDto,
  UploadResumeDto,
} from './dto/chunked-upload.response.dto.js';
import { countUploaded, progressOf } from '../uploads/upload.presenter.js';

const SESSION_ID = { name: 'session_id', format: 'uuid' } as const;
const CHUNK_NUMBER = { name: 'chunk_number', schema: { type: 'integer', minimum: 0 } } as const;

const CHUNK_PROBLEMS: readonly ErrorCode[] = [
  ...FORM_PROBLEMS,
  'validation_failed',
  'upload_not_found',
  'upload_not_active',
  'upload_gone',
  'upload_expired',
  'chunk_not_found',
  'chunk_size_wrong',
  'chunk_hash_mismatch',
  'chunk_conflict',
  'storage_full',
  'storage_unavailable',
];

function ApiBegin(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    RequiresScope('transcribe'),
    Idempotent(),
    ApiOperation({ operationId, summary }),
    ApiOkResponse({ type: BegunUploadDto }),
    ApiProblems(
      ...ORDER_PROBLEMS,
      'malformed_json',
      'file_too_large',
      'too_many_uploads',
      'storage_quota_exceeded',
      'storage_full',
    ),
  );
}

function ApiChunk(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    TakesPieces(),
    RequiresScope('transcribe'),
    ApiOperation({
      operationId,
      summary,
      description: 'In any order, also several at once. The same chunk again changes nothing.',
    }),
    ApiParam(SESSION_ID),
    ApiParam(CHUNK_NUMBER),
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: ChunkFormDto }),
    ApiOkResponse({ type: StoredChunkDto }),
    ApiProblems(...CHUNK_PROBLEMS),
  );
}

/** Uploads by numbered chunks, as the original service had them. */
@ApiTags('Uploads')
@Controller('uploads')
export class ChunkedUploadsController {
  constructor(
    private readonly chunked: ChunkedUploadsService,
    private readonly sessions: UploadSessionsService,
    private readonly listing: UploadListingService,
  ) {}

  @Post('initialize')
  @ApiBegin('initializeUpload', 'Begin an upload by chunks')
  initialize(@CurrentActor() actor: KnownActor, @Body() body: BeginUploadDto): Promise<BegunUploadDto> {
    return this.begin(actor, body);
  }

  @Post('init')
  @ApiBegin('initUpload', 'Begin an upload by chunks (another name of POST /uploads/initialize)')
  init(@CurrentActor() actor: KnownActor, @Body() body: BeginUploadDto): Promise<BegunUploadDto> {
    return this.begin(actor, body);
  }

  @Post(':session_id/chunks/:chunk_number')
  @ApiChunk('uploadChunk', 'Send one chunk')
  uploadChunk(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id') id: string,
    @Param('chunk_number') number: string,
    @Req() request: Request,
  ): Promise<StoredChunkDto> {
    return this.storeChunk(principal, id, number, request);
  }

  @Post(':session_id/chunk/:chunk_number')
  @ApiChunk(
    'uploadChunkAlias',
    'Send one chunk (another name of POST /uploads/{session_id}/chunks/{chunk_number})',
  )
  uploadChunkAlias(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id') id: string,
    @Param('chunk_number') number: string,
    @Req() request: Request,
  ): Promise<StoredChunkDto> {
    return this.storeChunk(principal, id, number, request);
  }

  @Post(':session_id/finalize')
  @HttpCode(200)
  @RequiresScope('transcribe')
  @ApiOperation({
    operationId: 'finalizeUpload',
    summary: 'Transcribe what was uploaded',
    description: 'Answers with the chunks that are missing, if any are. Asked again it tells the same.',
  })
  @ApiParam(SESSION_ID)
  @ApiOkResponse({ type: FinalizedUploadDto })
  @ApiProblems(
    'malformed_request',
    'upload_not_found',
    'upload_not_active',
    'upload_expired',
    'upload_locked',
    'upload_incomplete',
    'upload_hash_mismatch',
    ...TRANSCRIPTION_PROBLEMS,
    ...JOB_PROBLEMS,
    ...ROOM_PROBLEMS,
  )
  async finalize(
    @CurrentActor() actor: KnownActor,
    @Param('session_id') id: string,
  ): Promise<FinalizedUploadDto> {
    const missing = await this.chunked.finalize(actor, id);
    if (missing !== null) return { ...NOTHING_YET, missing_chunks: [...missing] };
    const upload = await this.chunked.get(actor.principal, id);
    return {
      status: 'completed',
      job_id: upload.jobId,
      media_id: upload.mediaFileId,
      file_hash: upload.sha256,
      final_filename: upload.originalFilename,
      missing_chunks: null,
    };
  }

  @Get(':session_id/resume')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'resumeUpload', summary: 'Ask what is missing of an upload by chunks' })
  @ApiParam(SESSION_ID)
  @ApiOkResponse({ type: UploadResumeDto })
  @ApiProblems('malformed_request', 'upload_not_found', 'upload_not_active', 'upload_expired')
  async resume(
    @CurrentPrincipal() principal: Principal,
    @Param('session_id') id: string,
  ): Promise<UploadResumeDto> {
    await this.sessions.getActive(principal, id, 'chunked');
    const upload = await this.chunked.get(principal, id);
    const missing = await this.chunked.listMissing(upload);
    return {
      session_id: id,
      missing_chunks: missing,
      uploaded_chunks: upload.totalChunks - missing.length,
      total_chunks: upload.totalChunks,
      resumable: true,
    };
  }

  private async begin(actor: KnownActor, body: BeginUploadDto): Promise<BegunUploadDto> {
    const upload = await this.chunked.begin(actor, {
      filename: body.filename,
      sizeBytes: body.file_size,
      sha256: body.file_hash?.toLowerCase() ?? null,
      order: { ...toOrder(body), model: body.model_name },
    });
    return {
      session_id: upload.id,
      chunk_size: upload.chunkBytes,
      total_chunks: upload.totalChunks,
      expires_at: upload.expiresAt.toISOString(),
    };
  }

  private async storeChunk(
    principal: Principal,
    id: string,
    chunkNumber: string,
    request: Request,
  ): Promise<StoredChunkDto> {
    const number = parseChunkNumber(chunkNumber);
    const sizeBytes = await this.chunked.expectChunk(principal, id, number);
    const chunk = await readChunk(request, this.chunked, { id, number, sizeBytes });
    const upload = await this.chunked.get(principal, id);
    const counted = await this.listing.countParts([id]);
    return {
      chunk_number: number,
      status: chunk.repeated ? 'already_uploaded' : 'uploaded',
      chunk_hash: chunk.sha256,
      uploaded_chunks: countUploaded(upload, upload.totalChunks, counted.get(id) ?? 0),
      total_chunks: upload.totalChunks,
      progress_percent: progressOf(upload) ?? 0,
    };
  }
}

const NOTHING_YET = {
  status: 'incomplete',
  job_id: null,
  media_id: null,
  file_hash: null,
  final_filename: null,
} as const;

function parseChunkNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError('chunk_not_found', 'Chunks are numbered 0, 1, 2 and so on.');
}
