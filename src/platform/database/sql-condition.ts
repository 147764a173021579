/** What rows have to meet: SQL with a question mark for each value. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly unknown[];
}
