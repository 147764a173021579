/** Whether a statement was refused by the constraint of this name. The transaction is lost then. */
export function violates(thrown: unknown, constraint: string): boolean {
  return thrown instanceof Error && 'constraint' in thrown && thrown.constraint === constraint;
}
