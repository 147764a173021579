import { ApiProperty } from '@nestjs/swagger';

/** Which part of a list an answer has. */
export class PageDto {
  @ApiProperty({ description: 'How many there are in all' })
  total!: number;

  @ApiProperty()
  skip!: number;

  @ApiProperty()
  limit!: number;
}
