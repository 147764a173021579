/**
 * A list whose first page was read again. What stood between the entries of the page and is not in it any more was deleted, or does not meet
 * the filter any more.
 * @param isAll there is no further page
 */
export function withFirstPage<T>(
  list: readonly T[],
  page: readonly T[],
  keyOf: (item: T) => string,
  isAll: boolean,
): readonly T[] {
  if (isAll) return page;
  const read = new Set(page.map(keyOf));
  const last = page.at(-1);
  const end = last === undefined ? -1 : list.findIndex((item) => keyOf(item) === keyOf(last));
  return [...page, ...list.slice(end + 1).filter((item) => !read.has(keyOf(item)))];
}
