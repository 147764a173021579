/**
 * What of an OpenAPI document would break programs that were written for an earlier one: what is gone, what is newly wanted of them, and
 * what they may now be answered. Written as lines for people.
 */

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

export function findBreakingChanges(before, after) {
  const changes = [];
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const method of METHODS.filter((one) => one in methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) changes.push(`${name} is gone`);
      else changes.push(...compareOperations(name, { before, after }, methods[method], now));
    }
  }
  return [...new Set(changes)];
}

/** Whether one version may break what was written for another: by a new major version, before 1.0.0 by a minor one too. */
export function mayBreak(before, after) {
  const [was, is] = [before, after].map((version) =>
    version.split('.').map((part) => Number.parseInt(part, 10)),
  );
  return is[0] > was[0] || (is[0] === 0 && was[0] === 0 && is[1] > was[1]);
}

function compareOperations(name, documents, was, is) {
  return [
    ...(was.operationId === is.operationId
      ? []
      : [`${name} is called ${is.operationId}, not ${was.operationId}`]),
    ...compareParameters(name, documents, was.parameters ?? [], is.parameters ?? []),
    ...compareBodies(name, documents, was.requestBody, is.requestBody),
    ...Object.entries(was.responses).flatMap(([status, response]) =>
      compareResponses(`${name} ${status}`, documents, response, is.responses[status]),
    ),
  ];
}

function compareParameters(name, documents, was, is) {
  const keyOf = ({ in: place, name: own }) => `${place} ${own.toLowerCase()}`;
  const gone = was
    .filter((one) => !is.some((other) => keyOf(other) === keyOf(one)))
    .map((one) => `${name} has no ${keyOf(one)} any more`);
  const rest = is.flatMap((one) => {
    const earlier = was.find((other) => keyOf(other) === keyOf(one));
    const isNewlyWanted = one.required === true && earlier?.required !== true;
    return [
      ...(isNewlyWanted ? [`${name} wants ${keyOf(one)}`] : []),
      ...compareInputs(`${name} ${keyOf(one)}`, documents, earlier?.schema, one.schema),
    ];
  });
  return [...gone, ...rest];
}

function compareBodies(name, documents, was, is) {
  if (was === undefined) return is?.required === true ? [`${name} wants a body`] : [];
  if (is === undefined) return [`${name} takes no body any more`];
  const wanted = is.required === true && was.required !== true ? [`${name} wants a body`] : [];
  return wanted.concat(
    Object.entries(was.content).flatMap(([type, { schema }]) =>
      is.content[type] === undefined
        ? [`${name} takes no ${type} any more`]
        : compareInputs(`${name} body`, documents, schema, is.content[type].schema),
    ),
  );
}

function compareResponses(name, documents, was, is) {
  if (is === undefined) return name.includes(' 2') ? [`${name} is not answered any more`] : [];
  return Object.entries(was.content ?? {}).flatMap(([type, { schema }]) =>
    is.content?.[type] === undefined
      ? [`${name} has no ${type} any more`]
      : compareOutputs(name, documents, schema, is.content[type].schema),
  );
}

/** Input may become wider: nothing that was taken may be refused. */
function compareInputs(name, documents, was, is, seen = new Set()) {
  return compareSchemas(name, documents, was, is, seen, (at, old, now) => [
    ...(now.required ?? [])
      .filter((field) => !(old.required ?? []).includes(field))
      .map((field) => `${at} wants ${field}`),
    ...missing(old.enum, now.enum).map((value) => `${at} takes no ${value} any more`),
    ...(old.enum === undefined && now.enum !== undefined ? [`${at} takes only some values`] : []),
    ...missing(typesOf(old), typesOf(now)).map((type) => `${at} takes no ${type} any more`),
  ]);
}

/** Output may become narrower: nothing may come that could not come before, but for new fields. */
function compareOutputs(name, documents, was, is, seen = new Set()) {
  return compareSchemas(name, documents, was, is, seen, (at, old, now) => [
    ...(old.required ?? [])
      .filter((field) => !(now.required ?? []).includes(field))
      .map((field) => `${at} may be without ${field}`),
    // Codes of errors are an open list, as docs/errors.md says of them.
    ...(at.endsWith('.code') ? [] : missing(now.enum, old.enum).map((value) => `${at} may be ${value}`)),
    ...missing(typesOf(now), typesOf(old)).map((type) => `${at} may be ${type}`),
  ]);
}

function compareSchemas(name, documents, was, is, seen, compare) {
  const old = resolve(documents.before, was);
  const now = resolve(documents.after, is);
  if (old === undefined || now === undefined) return [];
  const key = `${name} ${was.$ref ?? ''} ${is.$ref ?? ''}`;
  if (seen.has(was.$ref ?? key)) return [];
  const next = was.$ref === undefined ? seen : new Set([...seen, was.$ref]);
  const deeper = (at, a, b) => compareSchemas(at, documents, a, b, next, compare);
  const fields = Object.entries(old.properties ?? {}).flatMap(([field, schema]) =>
    now.properties?.[field] === undefined
      ? [`${name}.${field} is gone`]
      : deeper(`${name}.${field}`, schema, now.properties[field]),
  );
  return [
    ...compare(name, old, now),
    ...fields,
    ...(old.items === undefined ? [] : deeper(`${name}[]`, old.items, now.items ?? {})),
  ];
}

/** What is said of a reference, or of one that may be null too, is beside it. */
function resolve(document, schema) {
  if (schema === undefined) return undefined;
  if (schema.$ref !== undefined) return document.components.schemas[schema.$ref.split('/').at(-1)];
  const parts = schema.allOf ?? schema.anyOf ?? schema.oneOf;
  if (parts === undefined) return schema;
  const resolved = parts.map((part) => resolve(document, part) ?? {});
  const types = [...new Set(resolved.flatMap((part) => typesOf(part) ?? []))];
  return Object.assign({}, ...resolved, schema, types.length === 0 ? {} : { type: types });
}

function typesOf({ type }) {
  return type === undefined ? undefined : [type].flat();
}

/** Of two lists, absent ones of which say nothing. */
function missing(all, found) {
  return all === undefined || found === undefined ? [] : all.filter((one) => !found.includes(one));
}
