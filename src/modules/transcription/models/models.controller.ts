import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { ModelListDto } from './dto/model-list.response.dto.js';
import { toModelDto } from './dto/model.response.dto.js';
import { languageName, languagesOf } from './languages.js';
import { ModelCatalogueService } from './model-catalogue.service.js';
import { ModelsService } from './models.service.js';

@ApiTags('Models')
@Controller('models')
export class ModelsController {
  constructor(
    private readonly catalogue: ModelCatalogueService,
    private readonly models: ModelsService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Get()
  @RequiresScope('read', 'transcribe')
  @ApiOperation({ summary: 'What can be asked for: models, languages, limits', operationId: 'listModels' })
  @ApiOkResponse({ type: ModelListDto })
  async list(): Promise<ModelListDto> {
    const model = await this.catalogue.getDefault();
    const languages = languagesOf(model).map((code) => ({ code, name: languageName(code) }));
    return {
      models: (await this.models.list()).map(toModelDto),
      default: model.name,
      languages: languages.sort((a, b) => a.name.localeCompare(b.name, 'en')),
      max_upload_bytes: this.config.uploads.maxBytes,
    };
  }
}
