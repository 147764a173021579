import {
  applyDecorators,
  Controller,
  Delete,
  Head,
  HttpCode,
  Options,
  Patch,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../../platform/errors/error-codes.js';
import { ApiProblems } from '../../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../../auth/access/access.decorator.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { CurrentActor } from '../../../auth/access/current-actor.decorator.js';
import { Idempotent } from '../../../auth/idempotency/idempotent.decorator.js';
import { TusServer } from './tus.server.js';

const MEDIA_TYPE = 'application/offset+octet-stream';
const BINARY = { schema: { type: 'string', format: 'binary' } } as const;
const TEXT = { schema: { type: 'string' } } as const;
const OFFSET = { 'Upload-Offset': { description: 'How many bytes are stored', ...TEXT } };
const EXPIRES = { 'Upload-Expires': { description: 'Each piece postpones it', ...TEXT } };
const JOB_ID = { 'X-Job-Id': { description: 'The job, once the file is whole', ...TEXT } };

const COMMON_PROBLEMS: readonly ErrorCode[] = [
  'malformed_request',
  'tus_version_unsupported',
  'upload_not_found',
  'upload_not_active',
  'upload_gone',
  'upload_expired',
  'upload_locked',
];
const BYTES_PROBLEMS: readonly ErrorCode[] = [
  'content_type_unsupported',
  'file_too_large',
  'upload_checksum_mismatch',
  'empty_file',
  'unsupported_media',
  'corrupt_media',
  'no_audio',
  'empty_audio',
  'audio_too_long',
  'validation_failed',
  'model_unknown',
  'model_not_ready',
  'model_too_large',
  'language_unknown',
  'url_invalid',
  'url_forbidden',
  'storage_quota_exceeded',
  'storage_full',
  'storage_unavailable',
];

function ApiTus(operationId: string, summary: string, ...more: readonly MethodDecorator[]): MethodDecorator {
  return applyDecorators(
    RequiresScope('transcribe'),
    ApiOperation({ operationId, summary }),
    ApiHeader({ name: 'Tus-Resumable', required: true, schema: { type: 'string', enum: ['1.0.0'] } }),
    ...more,
  );
}

const ApiUploadId = (): MethodDecorator => ApiParam({ name: 'upload_id', format: 'uuid' });

const ApiChecksum = (): MethodDecorator =>
  ApiHeader({
    name: 'Upload-Checksum',
    required: false,
    description:
      'Of the bytes of this request: `sha256`, `sha1`, `sha512` or `md5`, a space, and the digest in base64',
  });

/** Resumable uploads by tus 1.0, see https://tus.io/protocols/resumable-upload. */
@ApiTags('Resumable uploads')
@Controller('uploads/tus')
export class TusController {
  constructor(private readonly tus: TusServer) {}

  @Options()
  @HttpCode(204)
  @RequiresScope('transcribe')
  @ApiOperation({ operationId: 'describeTus', summary: 'Ask what of tus is spoken here' })
  @ApiNoContentResponse({
    description: '`Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`',
  })
  describe(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.tus.handle(actor, request, response);
  }

  @Post()
  @HttpCode(201)
  @Idempotent('streamed')
  @ApiTus(
    'createTusUpload',
    'Begin a resumable upload (tus 1.0)',
    ApiHeader({ name: 'Upload-Length', required: false, description: 'Of the whole file, in bytes' }),
    ApiHeader({
      name: 'Upload-Defer-Length',
      required: false,
      description: '`1` where the length comes later',
    }),
    ApiHeader({
      name: 'Upload-Metadata',
      required: false,
      description: 'Pairs of a key and a value in base64: `filename`, and the fields of POST /upload',
    }),
    ApiHeader({
      name: 'Upload-Concat',
      required: false,
      description: '`partial`, or `final;` and addresses',
    }),
    ApiChecksum(),
    ApiCreatedResponse({
      description: 'It is begun; bytes of this request are stored',
      headers: { Location: { description: 'The upload', ...TEXT }, ...OFFSET, ...EXPIRES, ...JOB_ID },
    }),
    ApiProblems(...COMMON_PROBLEMS, ...BYTES_PROBLEMS, 'too_many_uploads', 'upload_incomplete'),
  )
  create(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.tus.handle(actor, request, response);
  }

  @Head(':upload_id')
  @ApiTus(
    'getTusOffset',
    'Ask how far a resumable upload is',
    ApiUploadId(),
    ApiOkResponse({
      description: 'Go on from `Upload-Offset`',
      headers: {
        'Upload-Length': { description: 'Of the whole file', ...TEXT },
        ...OFFSET,
        ...EXPIRES,
        ...JOB_ID,
      },
    }),
    ApiProblems(...COMMON_PROBLEMS),
  )
  getOffset(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.tus.handle(actor, request, response);
  }

  @Patch(':upload_id')
  @HttpCode(204)
  @ApiTus(
    'appendToTusUpload',
    'Go on with a resumable upload',
    ApiUploadId(),
    ApiHeader({ name: 'Upload-Offset', required: true, description: 'Where these bytes belong' }),
    ApiChecksum(),
    ApiConsumes(MEDIA_TYPE),
    ApiBody(BINARY),
    ApiNoContentResponse({
      description: 'They are stored. With the last ones comes the job.',
      headers: { ...OFFSET, ...EXPIRES, ...JOB_ID },
    }),
    ApiProblems(...COMMON_PROBLEMS, ...BYTES_PROBLEMS, 'upload_offset_wrong', 'upload_is_final'),
  )
  append(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    if (request.get('content-type') !== MEDIA_TYPE)
      throw new AppError('content_type_unsupported', `Send the bytes as ${MEDIA_TYPE}.`);
    return this.tus.handle(actor, request, response);
  }

  @Delete(':upload_id')
  @HttpCode(204)
  @ApiTus(
    'terminateTusUpload',
    'Give up a resumable upload',
    ApiUploadId(),
    ApiNoContentResponse({ description: 'Nothing of it remains' }),
    ApiProblems(...COMMON_PROBLEMS),
  )
  terminate(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    return this.tus.handle(actor, request, response);
  }

  @Post(':upload_id')
  @ApiTus(
    'overrideTusMethod',
    'Go on with a resumable upload where PATCH or DELETE cannot be sent',
    ApiUploadId(),
    ApiHeader({
      name: 'X-HTTP-Method-Override',
      required: true,
      schema: { type: 'string', enum: ['PATCH', 'DELETE', 'HEAD'] },
    }),
    ApiConsumes(MEDIA_TYPE),
    ApiBody(BINARY),
    ApiNoContentResponse({ description: 'As the other method answers' }),
    ApiOkResponse({ description: 'As HEAD answers' }),
    ApiProblems(...COMMON_PROBLEMS, ...BYTES_PROBLEMS, 'upload_offset_wrong', 'upload_is_final'),
  )
  override(
    @CurrentActor() actor: KnownActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const method = request.get('x-http-method-override');
    if (method !== 'PATCH' && method !== 'DELETE' && method !== 'HEAD')
      throw new AppError('malformed_request', 'Set X-HTTP-Method-Override to PATCH, DELETE or HEAD.');
    request.method = method;
    return method === 'PATCH'
      ? this.append(actor, request, response)
      : this.tus.handle(actor, request, response);
  }
}
