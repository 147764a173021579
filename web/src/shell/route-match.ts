export type RouteParameters = Readonly<Record<string, string>>;

/**
 * The parameters of `path` when it is one that `pattern` describes, else null.
 * @param pattern such as `/app/jobs/:id`; a last part that ends in `?` may be absent
 */
export function matchRoute(pattern: string, path: string): RouteParameters | null {
  const expected = partsOf(pattern);
  const given = partsOf(path);
  if (given.length > expected.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = given[index];
    const name = /^:(\w+)(\?)?$/.exec(part);
    if (name === null ? value !== part : value === undefined && name[2] === undefined) return null;
    if (name?.[1] !== undefined && value !== undefined) parameters[name[1]] = value;
  }
  return parameters;
}

function partsOf(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
}

/** What people type may be no encoding of anything. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where an address of the first version of the page, such as `#job=ID`, leads now; null: it is none. */
export function pathOfOldAddress(hash: string): string | null {
  const id = /^#job=([\w-]{1,64})$/.exec(hash)?.[1];
  return id === undefined ? null : `/app/jobs/${id}`;
}
