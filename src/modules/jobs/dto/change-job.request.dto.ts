import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { JOB_PRIORITIES, type JobPriority } from '../job-priority.view.js';

@ApiSchema({ name: 'JobChanges' })
export class ChangeJobDto {
  @ApiProperty({
    enum: JOB_PRIORITIES,
    enumName: 'JobPriority',
    description: 'Puts a waiting job at the end of those of this priority',
  })
  @IsIn(JOB_PRIORITIES)
  priority!: JobPriority;
}
