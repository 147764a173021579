import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** Whose something is. */
@ApiSchema({ name: 'Owner' })
export class OwnerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'anna', description: 'Empty when the user was deleted a moment ago' })
  username!: string;
}

export function toOwnerDto(id: string, names: ReadonlyMap<string, string>): OwnerDto {
  return { id, username: names.get(id) ?? '' };
}
