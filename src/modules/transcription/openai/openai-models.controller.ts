import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AppError } from '../../../platform/errors/app-error.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { OpenAiModelDto, OpenAiModelListDto, toOpenAiModel } from './dto/openai-model.response.dto.js';
import { OpenAiModelsService } from './openai-models.service.js';

/** The models routes of the OpenAI API. Ids may have a slash, which clients encode and people do not. */
@ApiTags('OpenAI')
@Controller('v1/models')
export class OpenAiModelsController {
  constructor(private readonly models: OpenAiModelsService) {}

  @Get()
  @RequiresScope('read', 'transcribe')
  @ApiOperation({ summary: 'List models as the OpenAI API does', operationId: 'listOpenAiModels' })
  @ApiOkResponse({ type: OpenAiModelListDto })
  @ApiProblems('model_not_ready')
  async list(): Promise<OpenAiModelListDto> {
    return { object: 'list', data: (await this.models.list()).map(toOpenAiModel) };
  }

  @Get(':model')
  @RequiresScope('read', 'transcribe')
  @ApiOperation({ summary: 'Look at one model as the OpenAI API does', operationId: 'getOpenAiModel' })
  @ApiParam({ name: 'model', description: 'Our name, one of OpenAI, or a repository of the hub' })
  @ApiOkResponse({ type: OpenAiModelDto })
  @ApiProblems('model_unknown', 'model_loading', 'model_not_ready', 'model_too_large')
  async get(@Param('model') id: string): Promise<OpenAiModelDto> {
    return toOpenAiModel(await this.models.get(id));
  }

  @Get('*path')
  @RequiresScope('read', 'transcribe')
  @ApiExcludeEndpoint()
  getByPath(@Param('path') parts: readonly string[]): Promise<OpenAiModelDto> {
    return this.get(parts.join('/'));
  }

  @Delete('*path')
  @RequiresScope('admin')
  @ApiExcludeEndpoint()
  remove(): never {
    throw new AppError(
      'access_denied',
      'Models are not deleted here; administrators do so by DELETE /admin/models/NAME.',
    );
  }
}
