import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A password that the first administrator was given at a start. None is given twice. */
@Entity({ tableName: 'bootstrap_passwords' })
export class BootstrapPassword {
  /** Argon2id, as the user got it. */
  @PrimaryKey({ type: 'text' })
  passwordHash!: string;

  @Property({ type: 'datetime' })
  givenAt!: Date;
}
