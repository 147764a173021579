import { expect, it } from '@jest/globals';
import { ListJobsQueryDto, toJobListRequest } from './list-jobs.query.dto.js';

it('looks for the model that a name stands for', () => {
  const query = Object.assign(new ListJobsQueryDto(), { model: 'large' });

  expect(toJobListRequest(query).filter.model).toBe('large-v3');
});
