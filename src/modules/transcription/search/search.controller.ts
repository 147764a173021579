import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { SearchQueryDto, toSearchRequest } from './dto/search.query.dto.js';
import { SearchResultsDto, toSearchResults } from './dto/search.response.dto.js';
import { SearchService } from './search.service.js';

@ApiTags('Search')
@Controller('search')
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  @Get()
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Search all your transcripts', operationId: 'searchTranscripts' })
  @ApiOkResponse({ type: SearchResultsDto })
  @ApiProblems('validation_failed', 'database_unavailable')
  async search(
    @CurrentPrincipal() principal: Principal,
    @Query() query: SearchQueryDto,
  ): Promise<SearchResultsDto> {
    return toSearchResults(await this.searches.search(principal, toSearchRequest(query)));
  }
}
