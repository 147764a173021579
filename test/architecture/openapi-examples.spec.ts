/** The examples of the OpenAPI document: whoever writes a client reads them first. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { closeObject } from '../support/openapi-contract.js';

interface Schema {
  readonly $ref?: string;
  readonly format?: string;
  readonly examples?: readonly unknown[];
}

interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
}

interface Body {
  readonly content?: Readonly<Record<string, MediaType>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const document = JSON.parse(
  readFileSync(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8'),
  closeObject,
) as Document;
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
ajvFormats.default(ajv);
ajv.addVocabulary(['example', ...Object.keys(document)]);
ajv.addSchema(document, 'openapi');

/** What an operation takes, and what it answers when all is well, but for plain bytes. */
function mediaTypesOf({ operationId, requestBody, responses }: Operation): [string, MediaType][] {
  const [, answer] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  const named = (what: string, body?: Body): [string, MediaType][] =>
    Object.entries(body?.content ?? {}).map(([type, media]) => [`${operationId} ${what} ${type}`, media]);
  return [...named('takes', requestBody), ...named('answers', answer)].filter(
    ([, { schema }]) => schema.format !== 'binary',
  );
}

function examplesOf({ schema, example }: MediaType): readonly unknown[] {
  if (example !== undefined) return [example];
  const name = schema.$ref?.split('/').at(-1) ?? '';
  return document.components.schemas[name]?.examples ?? [];
}

/** A schema that is not named is compiled with its references into the document. */
function resolved(schema: Schema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
}

const mediaTypes = Object.values(document.paths)
  .flatMap((methods) => Object.values(methods))
  .flatMap(mediaTypesOf);

describe('the OpenAPI document', () => {
  it('has an example of each body that is sent, and of each that is answered', () => {
    const without = mediaTypes.filter(([, media]) => examplesOf(media).length === 0);

    expect(without.map(([name]) => name)).toEqual([]);
  });

  it.each(mediaTypes)('has an example that is as documented: %s', (_name, media) => {
    const validate = ajv.compile(resolved(media.schema));
    for (const example of examplesOf(media)) {
      validate(example);
      expect(validate.errors ?? []).toEqual([]);
    }
  });
});
