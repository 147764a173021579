import { Body, Controller, Get, Header, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { CurrentActor } from '../../auth/access/current-actor.decorator.js';
import { SettingsAdministrationService } from './settings-administration.service.js';
import { SettingChangesDto, SettingListDto, toSettingListDto } from './settings.dto.js';

@ApiTags('Settings')
@Controller('admin/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsAdministrationService) {}

  @Get()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List the settings that can be changed at run time', operationId: 'listSettings' })
  @ApiOkResponse({ type: SettingListDto })
  async list(): Promise<SettingListDto> {
    return toSettingListDto(await this.settings.list());
  }

  @Patch()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Change settings, which takes effect at once',
    description:
      'All of them or none. Other processes follow within seconds. Of two changes of one setting the later one holds.',
    operationId: 'changeSettings',
  })
  @ApiOkResponse({ type: SettingListDto })
  @ApiProblems('model_not_ready', ...BODY_PROBLEMS)
  async change(
    @CurrentActor() actor: KnownActor,
    @Body() { values }: SettingChangesDto,
  ): Promise<SettingListDto> {
    return toSettingListDto(await this.settings.change(actor, values));
  }
}
