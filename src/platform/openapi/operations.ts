import type { OpenAPIObject } from '@nestjs/swagger';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Every operation of a document. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) => {
    const { get, post, put, patch, head, options } = path;
    return [get, post, put, patch, path.delete, head, options].filter((operation) => operation !== undefined);
  });
}
