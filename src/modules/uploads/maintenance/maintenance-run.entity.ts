import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** When a task was last begun that is done seldom, by one process for all. */
@Entity({ tableName: 'maintenance_runs' })
export class MaintenanceRun {
  @PrimaryKey({ type: 'text' })
  task!: string;

  @Property({ type: 'datetime' })
  begunAt!: Date;
}
