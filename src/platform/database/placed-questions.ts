/** A row that answers one of several questions of one statement. */
export interface PlacedRow {
  /** That of the question. */
  readonly place: number;
}

/** For `jsonb_to_recordset`: the questions, each with its place. */
export function writePlaced(questions: readonly object[]): string {
  return JSON.stringify(questions.map((question, place) => ({ ...question, place })));
}

/** The rows for each question, in their order. */
export function rowsOfEach<R extends PlacedRow>(questions: readonly object[], rows: readonly R[]): R[][] {
  const found = Map.groupBy(rows, ({ place }) => place);
  return questions.map((_, place) => found.get(place) ?? []);
}
